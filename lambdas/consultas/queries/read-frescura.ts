import { oncePerInstantanea } from './once-per-instantanea.ts';

/** Until when the data of some stores go, by the oldest of those that were loaded, and the last rate of the sales. */
export interface Frescura {
  readonly existencias: string | null;
  readonly ventas: string | null;
  /** The stores of which a warehouse, or the sales, were never loaded. */
  readonly sinCargar: readonly string[];
  readonly bsPorUsd: number | null;
  readonly diaTasa: string | null;
}

/** Until when the data of these stores go; the sales without distribution centres. */
export const readFrescura = oncePerInstantanea(
  async (client, tiendas: readonly string[]): Promise<Frescura> => {
    const { rows } = await client.query<Frescura>({
      name: 'frescura',
      text: `
      SELECT consultas.iso(min(f.existencias_hasta)) AS existencias,
             consultas.iso(min(f.ventas_hasta) FILTER (WHERE f.tipo = 'tienda')) AS ventas,
             coalesce(array_agg(f.tienda::text ORDER BY f.tienda) FILTER (WHERE f.sin_cargar <> '{}' OR f.tipo = 'tienda' AND f.ventas_hasta IS NULL), '{}') AS "sinCargar",
             round(max(t.bs_por_usd), 4)::float8 AS "bsPorUsd", to_char(max(t.dia), 'YYYY-MM-DD') AS "diaTasa"
        FROM (SELECT * FROM consultas.frescura WHERE tienda = ANY ($1::text[])) AS f
        FULL JOIN consultas.tasa t ON false`,
      values: [tiendas],
    });
    return rows[0] ?? { existencias: null, ventas: null, sinCargar: [], bsPorUsd: null, diaTasa: null };
  },
);
