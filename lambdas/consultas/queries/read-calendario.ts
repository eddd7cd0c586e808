import type { Queryable } from '../../core/postgres/connection.ts';

/** A day of a store. `null`: before the first day of sales that is known of the store. */
export interface DiaDeTienda {
  readonly tienda: string;
  readonly dia: string;
  readonly estado: 'completo' | 'provisional' | 'falta' | 'fallido' | 'futuro' | 'abierto' | null;
}

/** Every day of a month in these stores, in order. Today is open, unless something of it failed. */
export async function readCalendario(
  client: Queryable,
  tiendas: readonly string[],
  { mes, hoy }: { readonly mes: string; readonly hoy: string },
): Promise<readonly DiaDeTienda[]> {
  const { rows } = await client.query<DiaDeTienda>(
    `SELECT t.tienda, to_char(c.dia, 'YYYY-MM-DD') AS dia,
            CASE WHEN c.dia > $3::date THEN 'futuro'
                 WHEN c.dia < p.dia OR p.dia IS NULL THEN NULL
                 WHEN c.dia = $3::date AND NOT coalesce(d.fallido, false) THEN 'abierto'
                 ELSE consultas.estado_dia(c.dia, $3::date, d.fallido, d.falta, d.cerrado) END AS estado
       FROM unnest($1::text[]) AS t (tienda)
       LEFT JOIN LATERAL (SELECT dia FROM consultas.tramos WHERE tienda = t.tienda ORDER BY dia LIMIT 1) AS p ON true
      CROSS JOIN (SELECT ($2::text || '-01')::date + n AS dia FROM generate_series(0, 30) AS n) AS c
       LEFT JOIN (SELECT * FROM consultas.ventas_dias
                   WHERE tienda = ANY ($1::text[]) AND dia BETWEEN ($2::text || '-01')::date AND ($2::text || '-01')::date + 30) AS d
         ON d.tienda = t.tienda AND d.dia = c.dia
      WHERE to_char(c.dia, 'YYYY-MM') = $2::text
      ORDER BY t.tienda, c.dia`,
    [tiendas, mes, hoy],
  );
  return rows;
}
