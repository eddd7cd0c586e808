import type { Queryable } from '../../core/postgres/connection.ts';
import { addDias } from '../../core/time/dia.ts';
import { oncePerInstantanea } from './once-per-instantanea.ts';

/** A day of a store whose sales are not closed. */
export interface Hueco {
  readonly tienda: string;
  readonly dia: string;
  readonly estado: 'falta' | 'fallido' | 'provisional';
}

/** The days of some stores that are not closed, the worst first, and whether none of them is missing. */
export interface Cobertura {
  readonly completa: boolean;
  readonly huecos: readonly Hueco[];
}

/** The coverage of the days of these stores. */
export async function readCobertura(
  client: Queryable,
  tiendas: readonly string[],
  { desde, hasta, hoy }: { readonly desde: string; readonly hasta: string; readonly hoy: string },
): Promise<Cobertura> {
  const { rows } = await client.query<Hueco>({
    name: 'cobertura',
    text: `
      SELECT tienda, to_char(dia, 'YYYY-MM-DD') AS dia, estado
        FROM (SELECT t.tienda, c.dia, consultas.estado_dia(c.dia, $4::date, d.fallido, d.falta, d.cerrado) AS estado
                FROM unnest($1::text[]) AS t (tienda)
               CROSS JOIN (SELECT $2::date + n AS dia FROM generate_series(0, $3::date - $2::date) AS n) AS c
                LEFT JOIN (SELECT * FROM consultas.ventas_dias WHERE tienda = ANY ($1::text[]) AND dia BETWEEN $2::date AND $3::date) AS d
                  ON d.tienda = t.tienda AND d.dia = c.dia) AS e
       WHERE estado <> 'completo'`,
    values: [tiendas, desde, hasta, hoy],
  });
  return coberturaOf(rows);
}

/** Days of sales that the stock is compared with, up to yesterday. */
export const DIAS_DE_VENTAS = 28;

/** The coverage of those days. */
export const readCoberturaReciente = oncePerInstantanea(
  (client: Queryable, tiendas: readonly string[], hoy: string): Promise<Cobertura> =>
    readCobertura(client, tiendas, { desde: addDias(hoy, -DIAS_DE_VENTAS), hasta: addDias(hoy, -1), hoy }),
);

/** Of each store that lacks some, the days that are missing. */
export const missingDays = ({ huecos }: Cobertura): ReadonlyMap<string, readonly string[]> =>
  new Map(
    [
      ...Map.groupBy(
        huecos.filter(({ estado }) => estado !== 'provisional'),
        ({ tienda }) => tienda,
      ),
    ].map(([tienda, missing]) => [tienda, missing.map(({ dia }) => dia)]),
  );

/** The coverage in which these are the days that are not closed. */
export const coberturaOf = (abiertos: readonly Hueco[]): Cobertura => ({
  completa: abiertos.every(({ estado }) => estado === 'provisional'),
  huecos: abiertos.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1)),
});

const orderOf = ({ tienda, dia, estado }: Hueco): string =>
  `${estado === 'provisional' ? 2 : 1} ${dia} ${tienda}`;
