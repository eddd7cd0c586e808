import type { Queryable } from '../../core/postgres/connection.ts';
import type { Articulo } from '../schemas.ts';

/** An article of a warehouse whose stock did not change by what was sold. */
export interface Descuadre {
  readonly tienda: string;
  readonly almacen: string;
  readonly articulo: Articulo;
  readonly antes: number;
  readonly despues: number;
  readonly vendido: number;
  readonly diferencia: number;
  /** At the price of now; null where none is known. */
  readonly usd: number | null;
  /** The sort value: what is worth most comes first, what has no price last. */
  readonly n: string | null;
}

/** The sort key: value, then warehouse and article. */
export interface ClaveDescuadre {
  readonly n: string | null;
  readonly almacen: string;
  readonly codigo: string;
}

/** What does not add up in these days, summed by article and warehouse. */
export async function readDescuadres(
  client: Queryable,
  {
    tiendas,
    desde,
    hasta,
    after,
    limit,
  }: {
    readonly tiendas: readonly string[];
    readonly desde: string;
    readonly hasta: string;
    readonly after: ClaveDescuadre | undefined;
    readonly limit: number;
  },
): Promise<readonly Descuadre[]> {
  const { rows } = await client.query<Descuadre>(
    `SELECT d.tienda, d.almacen, jsonb_build_object('codigo', a.codigo, 'nombre', a.nombre, 'categoria', a.categoria, 'marca', a.marca) AS articulo, round(d.antes, 3)::float8 AS antes, round(d.despues, 3)::float8 AS despues,
            round(d.vendido, 3)::float8 AS vendido, round(d.diferencia, 3)::float8 AS diferencia, d.usd::float8, d.n::text
       FROM (SELECT *, -abs(usd) AS n FROM consultas.descuadres_de($1::text[], $2::date, $3::date)) AS d
       JOIN consultas.articulos a ON a.codigo = d.articulo
      WHERE $5::text IS NULL
         OR CASE WHEN $4::numeric IS NULL THEN d.n IS NULL AND (d.almacen COLLATE "C", d.articulo COLLATE "C") > ($5::text, $6::text)
                 ELSE d.n IS NULL OR d.n > $4::numeric
                      OR d.n = $4::numeric AND (d.almacen COLLATE "C", d.articulo COLLATE "C") > ($5::text, $6::text) END
      ORDER BY d.n NULLS LAST, d.almacen COLLATE "C", d.articulo COLLATE "C"
      LIMIT $7::integer`,
    [tiendas, desde, hasta, after?.n, after?.almacen, after?.codigo, limit],
  );
  return rows;
}

/** Of a store, how many intervals between stocks were compared with the sales, and how many could not be. */
export interface Intervalos {
  readonly tienda: string;
  readonly comparados: number;
  readonly sinComparar: number;
}

export async function readIntervalos(
  client: Queryable,
  tiendas: readonly string[],
  desde: string,
  hasta: string,
): Promise<readonly Intervalos[]> {
  const { rows } = await client.query<Intervalos>(
    `SELECT t.tienda, i.comparados::integer, i.sin_comparar::integer AS "sinComparar"
       FROM unnest($1::text[]) AS t (tienda) CROSS JOIN LATERAL consultas.intervalos_de(ARRAY[t.tienda], $2::date, $3::date) AS i`,
    [tiendas, desde, hasta],
  );
  return rows;
}
