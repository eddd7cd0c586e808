import type { Queryable } from '../../lambdas/core/postgres/connection.ts';

/** An article whose stock and sales do not agree. */
interface ArticuloDescuadrado {
  readonly producto: string;
  readonly nombre: string | null;
  /** Units or kilos. */
  readonly vendido: number;
  /** What arrived or, if negative, what is missing. */
  readonly diferencia: number;
}

/** Stock against sales of one store. */
export interface DescuadresTienda {
  readonly tienda: string;
  /** Intervals between two accepted inventories, and those of them whose sales are complete. */
  readonly intervalos: number;
  readonly comparados: number;
  /** Intervals that could not be compared, by reason. */
  readonly sinComparar: Readonly<Record<string, number>>;
  /** Articles that do not agree, and of them those that differ most. */
  readonly descuadrados: number;
  readonly articulos: readonly ArticuloDescuadrado[];
}

/** Stock against sales of these stores from one day to another. Store by store, so that no statement takes long. */
export async function readDescuadres(
  client: Queryable,
  tiendas: readonly string[],
  desde: string,
  hasta: string,
  maximo: number,
): Promise<DescuadresTienda[]> {
  const all: DescuadresTienda[] = [];
  for (const tienda of tiendas) {
    const intervalos = await readIntervalos(client, tienda, desde, hasta);
    const comparados = intervalos.find(({ motivo }) => motivo === null)?.veces ?? 0;
    const articulos = comparados === 0 ? [] : await readArticulos(client, tienda, desde, hasta, maximo);
    all.push({
      tienda,
      intervalos: intervalos.reduce((sum, { veces }) => sum + veces, 0),
      comparados,
      sinComparar: Object.fromEntries(
        intervalos.flatMap(({ motivo, veces }) => (motivo === null ? [] : [[motivo, veces]])),
      ),
      descuadrados: articulos[0]?.descuadrados ?? 0,
      articulos: articulos.map(({ producto, nombre, vendido, diferencia }) => ({
        producto,
        nombre,
        vendido,
        diferencia,
      })),
    });
  }
  return all;
}

async function readIntervalos(
  client: Queryable,
  tienda: string,
  desde: string,
  hasta: string,
): Promise<{ motivo: string | null; veces: number }[]> {
  const { rows } = await client.query<{ motivo: string | null; veces: number }>(
    `SELECT motivo, count(*)::integer AS veces FROM descuadres_intervalos
      WHERE ubicacion_id = $1::text AND dia BETWEEN $2::date AND $3::date GROUP BY motivo ORDER BY motivo`,
    [tienda, desde, hasta],
  );
  return rows;
}

/** Sums the intervals of each article, so that a sale that was deducted an interval too early or too late cancels out. */
async function readArticulos(
  client: Queryable,
  tienda: string,
  desde: string,
  hasta: string,
  maximo: number,
): Promise<(ArticuloDescuadrado & { descuadrados: number })[]> {
  const { rows } = await client.query<ArticuloDescuadrado & { descuadrados: number }>(
    `SELECT d.producto_id::text AS producto, p.nombre, d.vendido, d.diferencia, d.descuadrados
       FROM (SELECT producto_id, sum(vendido)::float8 AS vendido, sum(diferencia)::float8 AS diferencia,
                    count(*) OVER ()::integer AS descuadrados
               FROM descuadres
              WHERE ubicacion_id = $1::text AND dia BETWEEN $2::date AND $3::date
              GROUP BY producto_id HAVING sum(diferencia) <> 0
              ORDER BY abs(sum(diferencia)) DESC, producto_id LIMIT $4::integer) AS d
       LEFT JOIN productos p ON p.id = d.producto_id
      ORDER BY abs(d.diferencia) DESC, d.producto_id`,
    [tienda, desde, hasta, maximo],
  );
  return rows;
}
