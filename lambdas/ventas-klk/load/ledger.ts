import { PipelineError } from '../../core/errors/errors.ts';
import { ZONA } from '../../core/config/locale.ts';
import type { Queryable } from '../../core/postgres/connection.ts';
import { diaAt } from '../../core/time/dia.ts';
import type { Periodo } from '../event.ts';
import { ASENTADO } from '../plan.ts';
import type { EstadoTramo, Tramo, TramoConocido } from '../tramo.ts';
import { endOf, startOf, tileToday } from '../tramo.ts';
import type { LecturaLista } from './lectura.ts';
import { COLUMNAS_SUMAS, selectSumas, sumLines } from './sumas.ts';
import type { Sumas } from './sumas.ts';

/** Days after a day from which on a closed slice is not read again. */
const ULTIMA_RELECTURA = 30;

/** Days whose slices say how many lines a store sells by the hour. */
const DIAS_DE_MUESTRA = 28;

/** Slices of days that are long over which one run plans: more than it has time for. */
const MAX_ANTIGUOS = 10_000;

/** SQL: a slice's columns as `Tramo`. */
const SELECT_TRAMO = `ubicacion_id AS tienda, to_char(dia, 'YYYY-MM-DD') AS dia, left(desde::text, 5) AS desde, left(hasta::text, 5) AS hasta`;

/** SQL: a slice's columns as `TramoConocido`. */
const SELECT_CONOCIDO = `${SELECT_TRAMO}, estado, lineas, rechazadas, leido, lecturas, pedido, error_codigo AS "errorCodigo", error_momento AS "errorMomento"`;

/** SQL: a person asked for the slice and it was not read since. */
const ESPERA_LECTURA = `coalesce(leido < pedido, pedido IS NOT NULL)`;

/**
 * Gives every store and day that has no slice its slices: those of today, one for the whole of any other day. A gap is a row. With
 * `fromLast` the days begin no later than after the last one that the store has: no run left a hole, however long there was none.
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
            SELECT max(v.dia) + 1 AS dia FROM ventas_tramos v WHERE $7::boolean AND v.ubicacion_id = t.id AND v.dia <= $3::date) AS s
      CROSS JOIN generate_series(least($2::date, s.dia)::timestamp, $3::date::timestamp, interval '1 day') AS d (dia)
      CROSS JOIN LATERAL (
            SELECT desde, hasta FROM unnest($5::time[], $6::time[]) AS h (desde, hasta) WHERE d.dia::date = $4::date
             UNION ALL
            SELECT '00:00'::time, '24:00'::time WHERE d.dia::date <> $4::date) AS p
      WHERE NOT EXISTS (SELECT FROM ventas_tramos v WHERE v.ubicacion_id = t.id AND v.dia = d.dia::date)
     ON CONFLICT (ubicacion_id, dia, desde) DO NOTHING`,
    [tiendas, desde, hasta, hoy, tiles.map((tile) => tile.desde), tiles.map((tile) => tile.hasta), fromLast],
  );
}

/**
 * Notes that a person asks for these days. What was asked for before and was not read since keeps its place. A row that another session
 * holds is left as it is: nothing waits for it here.
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

/** Those of these stores of which KLK's answers never had a line, though some were accepted. */
export async function readSinVentas(client: Queryable, tiendas: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ tienda: string }>(
    `SELECT t.id AS tienda FROM unnest($1::text[]) AS t (id)
      WHERE EXISTS (SELECT FROM ventas_tramos WHERE ubicacion_id = t.id AND leido IS NOT NULL)
        AND NOT EXISTS (SELECT FROM ventas_tramos WHERE ubicacion_id = t.id AND lineas > 0)`,
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
 * days those that have waited long enough to be tried again, in the order of the plan and no more than a run has time for.
 */
export async function readTramosAbiertos(
  client: Queryable,
  tiendas: readonly string[],
  momento: Date,
): Promise<TramoConocido[]> {
  const open = `ubicacion_id = ANY ($1::text[])
        AND (estado <> 'cerrado' OR leido < (dia + $4::integer)::timestamp AT TIME ZONE $5::text OR ${ESPERA_LECTURA})`;
  const { rows } = await client.query<TramoConocido>(
    `SELECT ${SELECT_CONOCIDO}
       FROM ventas_tramos
      WHERE ${open} AND dia BETWEEN $2::date - $3::integer AND $2::date
      UNION ALL
     (SELECT ${SELECT_CONOCIDO}
        FROM ventas_tramos
       CROSS JOIN LATERAL (
             SELECT max(momento) AS intento FROM (VALUES (leido), (error_momento)) AS m (momento) WHERE momento <= $6::timestamptz) AS i
       WHERE ${open} AND dia < $2::date - $3::integer
         AND (${ESPERA_LECTURA} AND coalesce(intento < pedido, true)
              OR coalesce(intento <= $6::timestamptz - CASE WHEN lecturas > 1 THEN interval '167:45' ELSE interval '23:45' END, true))
       ORDER BY ${ESPERA_LECTURA} DESC, error_codigo IS NOT NULL, ventas_tramos.dia DESC, ubicacion_id, ventas_tramos.desde DESC
       LIMIT $7::integer)`,
    [tiendas, diaAt(momento), ASENTADO, ULTIMA_RELECTURA, ZONA, momento, MAX_ANTIGUOS],
  );
  return rows;
}

/** The most lines that a store sold in each hour of a day of the last weeks, 24 numbers; a store of which nothing is known is left out. */
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

/** What the ledger says of a slice when its load begins. */
export interface MarcaTramo {
  readonly hasta: string;
  /** Whether two equal readings closed it once, whatever became of it since. */
  readonly seCerro: boolean;
  readonly lineas: number;
  readonly huella: string | null;
  readonly leido: Date | null;
  readonly ejecucionId: string | null;
  /** Whether no other slice of the day has a line. */
  readonly restoVacio: boolean;
  /** Whether `leido` lies in the future: the clock of the database was ahead and is right again. */
  readonly enElFuturo: boolean;
}

/** A load that has to wait longer for a row of another session gives way: other loads wait for its connection and its turn. */
const LOCK_TIMEOUT = '500ms';

/**
 * Locks the slice's row until the end of the transaction and reads it. Undefined: another session holds the row. What the transaction
 * locks later it waits for no longer than half a second.
 */
export async function lockTramo(client: Queryable, tramo: Tramo): Promise<MarcaTramo | undefined> {
  const [locked, marca] = await Promise.all([
    client.query(
      `SELECT set_config('lock_timeout', $4::text, true)
         FROM ventas_tramos WHERE ubicacion_id = $1::text AND dia = $2::date AND desde = $3::time FOR UPDATE SKIP LOCKED`,
      [...keyOf(tramo), LOCK_TIMEOUT],
    ),
    readMarca(client, tramo),
  ]);
  if (marca === undefined) throw missing(tramo);
  return locked.rows.length === 0 ? undefined : marca;
}

/** The same, but waits for the other session, and so for a COMMIT in flight. */
export async function waitForTramo(client: Queryable, tramo: Tramo): Promise<MarcaTramo> {
  const [, marca] = await Promise.all([
    client.query(
      'SELECT FROM ventas_tramos WHERE ubicacion_id = $1::text AND dia = $2::date AND desde = $3::time FOR UPDATE',
      keyOf(tramo),
    ),
    readMarca(client, tramo),
  ]);
  if (marca === undefined) throw missing(tramo);
  return marca;
}

/** A statement of its own, after the one that locks: what that one sees was taken before it got the lock. */
async function readMarca(client: Queryable, tramo: Tramo): Promise<MarcaTramo | undefined> {
  const { rows } = await client.query<MarcaTramo>(
    `SELECT left(hasta::text, 5) AS hasta, cerrado IS NOT NULL AS "seCerro", lineas, huella, leido, ejecucion_id AS "ejecucionId",
            NOT EXISTS (SELECT FROM ventas_tramos WHERE ubicacion_id = $1::text AND dia = $2::date AND desde <> $3::time AND lineas > 0)
              AS "restoVacio",
            coalesce(leido > clock_timestamp(), false) AS "enElFuturo"
       FROM ventas_tramos WHERE ubicacion_id = $1::text AND dia = $2::date AND desde = $3::time`,
    keyOf(tramo),
  );
  return rows[0];
}

const keyOf = ({ tienda, dia, desde }: Tramo): [string, string, string] => [tienda, dia, desde];

const missing = (tramo: Tramo): PipelineError =>
  new PipelineError('BD_ERROR', `El tramo ${describeTramo(tramo)} desapareció de la base`);

/** A slice as people read it. */
export const describeTramo = ({ tienda, dia, desde, hasta }: Tramo): string =>
  `${tienda} ${dia} ${desde}-${hasta}`;

/**
 * The fence: nothing older than what the slice holds is ever loaded, and nothing of a slice that has been cut since.
 * @throws PipelineError `TRAMO_ANTIGUO`
 */
export function refuseAntiguo(marca: MarcaTramo, { tramo, extraccion }: LecturaLista): void {
  if (marca.hasta !== tramo.hasta) {
    throw new PipelineError(
      'TRAMO_ANTIGUO',
      `El tramo ${describeTramo(tramo)} termina ahora a las ${marca.hasta}`,
    );
  }
  if (marca.leido === null || marca.leido < extraccion) return;
  const tiene = marca.leido.toISOString();
  throw new PipelineError(
    'TRAMO_ANTIGUO',
    marca.enElFuturo
      ? `${describeTramo(tramo)} tiene una lectura con hora del futuro, ${tiene}: el reloj de la base estuvo adelantado, y hasta entonces no se carga otra`
      : `${describeTramo(tramo)} ya tiene una lectura de ${tiene}, más reciente que ${extraccion.toISOString()}`,
  );
}

/** An accepted reading, as the ledger notes it. */
export interface Aceptada {
  readonly lectura: LecturaLista;
  readonly estado: EstadoTramo;
  /** Fingerprint of the slice's lines; null when some of its lines are not the answer's. */
  readonly huella: string | null;
  readonly rechazadas: number;
  /** Whether a line was inserted, updated or removed. */
  readonly cambio: boolean;
}

const HAY = sumLines(
  `ventas WHERE ubicacion_id = $1::text AND dia = $2::date AND fecha_venta >= $4::timestamptz AND fecha_venta < $5::timestamptz`,
);

const ACCEPT = `
  WITH hay AS (${HAY})
  UPDATE ventas_tramos t
     SET (${COLUMNAS_SUMAS.join(', ')}) = (${COLUMNAS_SUMAS.map((columna) => `hay.${columna}`).join(', ')}),
         rechazadas = $6::integer, huella = $7::text, lecturas = t.lecturas + 1, leido = $8::timestamptz,
         ultimo_cambio = CASE WHEN $9::boolean THEN $8::timestamptz ELSE t.ultimo_cambio END,
         estado = $10::text, cerrado = CASE WHEN $10::text = 'cerrado' THEN coalesce(t.cerrado, $8::timestamptz) ELSE t.cerrado END, ejecucion_id = $11::uuid, error_codigo = NULL, error_mensaje = NULL, error_momento = NULL
    FROM hay
   WHERE t.ubicacion_id = $1::text AND t.dia = $2::date AND t.desde = $3::time`;

/** Notes a reading, with what the slice's lines add up to now. */
export async function acceptTramo(client: Queryable, aceptada: Aceptada): Promise<Sumas> {
  const { rows } = await client.query<Sumas>(
    `${ACCEPT} RETURNING ${selectSumas('t')}`,
    acceptParams(aceptada),
  );
  const [sumas] = rows;
  if (sumas === undefined) throw missing(aceptada.lectura.tramo);
  return sumas;
}

/** Notes a reading that brought what the slice holds; undefined, having done nothing, when the ledger does not add up to its lines. */
export async function confirmTramo(client: Queryable, aceptada: Aceptada): Promise<Sumas | undefined> {
  const { rows } = await client.query<Sumas>(
    `${ACCEPT}
       AND (${COLUMNAS_SUMAS.map((columna) => `t.${columna}`).join(', ')}) = (${COLUMNAS_SUMAS.map((columna) => `hay.${columna}`).join(', ')})
     RETURNING ${selectSumas('t')}`,
    acceptParams(aceptada),
  );
  return rows[0];
}

function acceptParams({ lectura, estado, huella, rechazadas, cambio }: Aceptada): unknown[] {
  const { tramo, extraccion, ejecucionId } = lectura;
  return [
    ...keyOf(tramo),
    startOf(tramo),
    endOf(tramo),
    rechazadas,
    huella,
    extraccion,
    cambio,
    estado,
    ejecucionId,
  ];
}

/**
 * Corrects the other slices of a day from which an invoice moved into this one: what their lines add up to now. They are read again,
 * because what was accepted of them no longer stands.
 */
export async function recountOthers(client: Queryable, tramo: Tramo): Promise<void> {
  await client.query(
    `UPDATE ventas_tramos t
        SET (${COLUMNAS_SUMAS.join(', ')}) = (${COLUMNAS_SUMAS.map((columna) => `hay.${columna}`).join(', ')}),
            huella = NULL, estado = CASE WHEN t.error_codigo IS NULL THEN 'provisional' ELSE 'fallido' END
       FROM ventas_tramos o
      CROSS JOIN LATERAL (${sumLines(
        `ventas WHERE ubicacion_id = o.ubicacion_id AND dia = o.dia AND fecha_venta >= (o.dia + o.desde) AT TIME ZONE $4::text
                  AND fecha_venta < (o.dia + o.hasta) AT TIME ZONE $4::text`,
      )}) AS hay
      WHERE o.ubicacion_id = $1::text AND o.dia = $2::date AND o.desde <> $3::time AND o.leido IS NOT NULL
        AND (t.ubicacion_id, t.dia, t.desde) = (o.ubicacion_id, o.dia, o.desde)
        AND (${COLUMNAS_SUMAS.map((columna) => `t.${columna}`).join(', ')}) <> (${COLUMNAS_SUMAS.map((columna) => `hay.${columna}`).join(', ')})`,
    [...keyOf(tramo), ZONA],
  );
}

/** Notes that a slice could not be read or loaded. It keeps its lines; a closed one stays closed unless its answer was suspicious. */
export async function markFallido(
  client: Queryable,
  ejecucionId: string,
  tramo: Tramo,
  { codigo, message }: PipelineError,
  momento: Date,
): Promise<void> {
  await client.query(
    `UPDATE ventas_tramos
        SET estado = CASE WHEN estado = 'cerrado' AND NOT $6::boolean THEN estado ELSE 'fallido' END,
            error_codigo = $4::text, error_mensaje = $5::text, error_momento = $8::timestamptz, ejecucion_id = $7::uuid
      WHERE ubicacion_id = $1::text AND dia = $2::date AND desde = $3::time`,
    [...keyOf(tramo), codigo, message, codigo.startsWith('SOSPECHOSO_'), ejecucionId, momento],
  );
}
