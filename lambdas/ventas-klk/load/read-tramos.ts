import type { Queryable } from '../../core/postgres/connection.ts';
import { diaAt } from '../../core/time/dia.ts';
import type { Periodo } from '../event.ts';
import { SETTLED_DAYS } from '../plan.ts';
import type { TramoConocido } from '../tramo.ts';
import { tileToday } from '../tramo.ts';

/** Days whose slices say how many lines a store sells by the hour. */
const DIAS_DE_MUESTRA = 28;

/** Slices of old days that one run plans, at most: more than it has time for. */
const MAX_ANTIGUOS = 10_000;

/** SQL: a slice's columns as `Tramo`. */
const SELECT_TRAMO = `ubicacion_id AS tienda, to_char(dia, 'YYYY-MM-DD') AS dia, left(desde::text, 5) AS desde, left(hasta::text, 5) AS hasta`;

/** SQL: a slice's columns as `TramoConocido`. */
const SELECT_CONOCIDO = `${SELECT_TRAMO}, estado, lineas, rechazadas, leido, lecturas, pedido, error_codigo AS "errorCodigo", error_momento AS "errorMomento"`;

/** SQL: in an EXISTS, looks each row up by index. As a join it would read the slices of all days, because a load's session has no nested loops. */
const BY_INDEX = 'OFFSET 0';

/** SQL: whether a person asked for the slice and it was not read since. */
const ESPERA_LECTURA = `coalesce(leido < pedido, pedido IS NOT NULL)`;

/**
 * Inserts the slices of every store and day that has none, so that every gap is a row: the slices of `tileToday` for today, one whole-day
 * slice for any other day. With `fromLast` the days begin at the latest on the day after the last one that no person asked for, so that a
 * pause of the runs leaves no hole. Days that a person asked for do not count: the days around them may be missing, or not be wanted.
 */
export async function ensureTramos(
  client: Queryable,
  tiendas: readonly string[],
  { desde, hasta }: Periodo,
  hoy: string,
  fromLast: boolean,
): Promise<void> {
  const tiles = tileToday('', hoy);
  await client.query(
    `INSERT INTO ventas_tramos (ubicacion_id, dia, desde, hasta)
     SELECT t.id, d.dia::date, p.desde, p.hasta
       FROM unnest($1::text[]) AS t (id)
      CROSS JOIN LATERAL (
            SELECT max(v.dia) + 1 AS dia FROM ventas_tramos v
             WHERE $7::boolean AND v.ubicacion_id = t.id AND v.dia <= $3::date AND v.pedido IS NULL) AS s
      CROSS JOIN generate_series(least($2::date, s.dia)::timestamp, $3::date::timestamp, interval '1 day') AS d (dia)
      CROSS JOIN LATERAL (
            SELECT desde, hasta FROM unnest($5::time[], $6::time[]) AS h (desde, hasta) WHERE d.dia::date = $4::date
             UNION ALL
            SELECT '00:00'::time, '24:00'::time WHERE d.dia::date <> $4::date) AS p
      WHERE NOT EXISTS (SELECT FROM ventas_tramos v WHERE v.ubicacion_id = t.id AND v.dia = d.dia::date ${BY_INDEX})
     ON CONFLICT (ubicacion_id, dia, desde) DO NOTHING`,
    [tiendas, desde, hasta, hoy, tiles.map((tile) => tile.desde), tiles.map((tile) => tile.hasta), fromLast],
  );
}

/**
 * Records that a person asks for these days. Slices that were asked for earlier and not read since keep the earlier moment. A row that another session
 * holds is skipped, so that nothing waits for it here.
 */
export async function markPedidos(
  client: Queryable,
  tiendas: readonly string[],
  { desde, hasta }: Periodo,
  momento: Date,
): Promise<void> {
  await client.query(
    `WITH pedidos AS (
       SELECT ubicacion_id, dia, desde FROM ventas_tramos
        WHERE ubicacion_id = ANY ($1::text[]) AND dia BETWEEN $2::date AND $3::date AND NOT ${ESPERA_LECTURA}
          FOR NO KEY UPDATE SKIP LOCKED
     )
     UPDATE ventas_tramos t SET pedido = $4::timestamptz FROM pedidos p
      WHERE (t.ubicacion_id, t.dia, t.desde) = (p.ubicacion_id, p.dia, p.desde)`,
    [tiendas, desde, hasta, momento],
  );
}

/** The stores, of these, for which answers were accepted and none ever had a line. */
export async function readSinVentas(client: Queryable, tiendas: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ tienda: string }>(
    `SELECT t.id AS tienda FROM unnest($1::text[]) AS t (id)
      WHERE EXISTS (SELECT FROM ventas_tramos WHERE ubicacion_id = t.id AND leido IS NOT NULL ${BY_INDEX})
        AND NOT EXISTS (SELECT FROM ventas_tramos WHERE ubicacion_id = t.id AND lineas > 0 ${BY_INDEX})`,
    [tiendas],
  );
  return rows.map(({ tienda }) => tienda);
}

/** The slices of these stores and days, newest day first. */
export async function readTramos(
  client: Queryable,
  tiendas: readonly string[],
  { desde, hasta }: Periodo,
): Promise<TramoConocido[]> {
  const { rows } = await client.query<TramoConocido>(
    `SELECT ${SELECT_CONOCIDO}
       FROM ventas_tramos
      WHERE ubicacion_id = ANY ($1::text[]) AND dia BETWEEN $2::date AND $3::date
      ORDER BY ventas_tramos.dia DESC, ubicacion_id, ventas_tramos.desde DESC`,
    [tiendas, desde, hasta],
  );
  return rows;
}

/**
 * The slices of these stores up to a moment of which some may be due: of the last 35 days all but those that are closed for good; of older
 * days those that have waited long enough to be tried again, in the order of the plan and no more than a run has time for. Slices before
 * `ventasDesde` that were never read are left out, unless a person asked for them.
 */
export async function readTramosAbiertos(
  client: Queryable,
  tiendas: readonly string[],
  momento: Date,
  ventasDesde: string | undefined,
): Promise<TramoConocido[]> {
  const open = `ubicacion_id = ANY ($1::text[])
        AND abierto AND (leido IS NOT NULL OR ${ESPERA_LECTURA} OR dia >= coalesce($6::date, '-infinity'))`;
  const { rows } = await client.query<TramoConocido>(
    `SELECT ${SELECT_CONOCIDO}
       FROM ventas_tramos
      WHERE ${open} AND dia BETWEEN $2::date - $3::integer AND $2::date
      UNION ALL
     (SELECT ${SELECT_CONOCIDO}
        FROM ventas_tramos
       CROSS JOIN LATERAL (
             SELECT max(momento) AS intento FROM (VALUES (leido), (error_momento)) AS m (momento) WHERE momento <= $4::timestamptz) AS i
       WHERE ${open} AND dia < $2::date - $3::integer
         AND (${ESPERA_LECTURA} AND coalesce(intento < pedido, true)
              OR intento < (dia + 30)::timestamp AT TIME ZONE 'America/Caracas'
              OR coalesce(intento <= $4::timestamptz - CASE WHEN lecturas > 1 THEN interval '167:45'
                                                           WHEN estado = 'fallido' OR rechazadas > 0 THEN interval '23:45'
                                                           ELSE interval '0' END, true))
       ORDER BY ${ESPERA_LECTURA} DESC, error_codigo IS NOT NULL, ventas_tramos.dia DESC, ubicacion_id, ventas_tramos.desde DESC
       LIMIT $5::integer)`,
    [tiendas, diaAt(momento), SETTLED_DAYS, momento, MAX_ANTIGUOS, ventasDesde],
  );
  return rows;
}

/** The most lines that a store sold in each hour of a day of the last weeks, 24 numbers; stores without known sales are left out. */
export async function readLineasPorHora(
  client: Queryable,
  tiendas: readonly string[],
  hoy: string,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const { rows } = await client.query<{ tienda: string; hora: number; lineas: number }>(
    `WITH leidos AS (
       SELECT ubicacion_id, dia, lineas, extract(epoch FROM desde) / 3600 AS inicio, extract(epoch FROM hasta) / 3600 AS fin
         FROM ventas_tramos
        WHERE ubicacion_id = ANY ($1::text[]) AND dia >= $2::date - $3::integer AND dia < $2::date AND lineas > 0
     ), por_hora AS (
       SELECT ubicacion_id, dia, hora, sum(lineas * (least(fin, hora + 1) - greatest(inicio, hora)) / (fin - inicio)) AS lineas
         FROM leidos CROSS JOIN LATERAL generate_series(floor(inicio)::integer, ceil(fin)::integer - 1) AS hora
        GROUP BY ubicacion_id, dia, hora
     )
     SELECT ubicacion_id AS tienda, hora, max(lineas)::float8 AS lineas FROM por_hora GROUP BY ubicacion_id, hora`,
    [tiendas, hoy, DIAS_DE_MUESTRA],
  );
  const byTienda = new Map<string, number[]>();
  for (const { tienda, hora, lineas } of rows) {
    const horas = byTienda.get(tienda) ?? Array.from({ length: 24 }, () => 0);
    horas[hora] = lineas;
    byTienda.set(tienda, horas);
  }
  return byTienda;
}
