import { PipelineError } from '../../core/errors/errors.ts';
import { ZONA } from '../../core/config/locale.ts';
import type { Queryable } from '../../core/postgres/connection.ts';
import { LOCK_TIMEOUT } from '../../core/run/load-part.ts';
import type { EstadoTramo, Tramo } from '../tramo.ts';
import { endOf, startOf } from '../tramo.ts';
import type { TramoReading } from './reading.ts';
import { COLUMNAS_SUMAS, selectSumas, sumLines } from './sumas.ts';
import type { Sumas } from './sumas.ts';

/** What the ledger says of a slice when its load begins. */
export interface TramoMark {
  readonly hasta: string;
  /** Whether two equal readings closed it once, whatever became of it since. */
  readonly seCerro: boolean;
  /** Whether an answer that emptied the slice was refused, and none was accepted since. */
  readonly vacioRechazado: boolean;
  readonly huella: string | null;
  readonly leido: Date | null;
  readonly ejecucionId: string | null;
  /** Whether no other slice of the day has a line. */
  readonly restoVacio: boolean;
  /** Lines of the slices of the day that this run found empty. */
  readonly vaciadasDelDia: number;
  /** Whether `leido` lies in the future: the clock of the database was ahead and is right again. */
  readonly enElFuturo: boolean;
}

/**
 * Locks the slice's row until the end of the transaction and reads it; undefined when another session holds the row. Limits every later
 * lock wait of the transaction to half a second.
 */
export async function lockTramo(
  client: Queryable,
  tramo: Tramo,
  ejecucionId: string,
): Promise<TramoMark | undefined> {
  const [locked, mark] = await Promise.all([
    client.query(
      `SELECT set_config('lock_timeout', $4::text, true)
         FROM ventas_tramos WHERE ubicacion_id = $1::text AND dia = $2::date AND desde = $3::time FOR UPDATE SKIP LOCKED`,
      [...keyOf(tramo), LOCK_TIMEOUT],
    ),
    readMark(client, tramo, ejecucionId),
  ]);
  if (mark === undefined) throw missing(tramo);
  return locked.rows.length === 0 ? undefined : mark;
}

/** The same, but waits for the other session, and so for a COMMIT in flight. */
export async function waitForTramo(client: Queryable, tramo: Tramo, ejecucionId: string): Promise<TramoMark> {
  const [, mark] = await Promise.all([
    client.query(
      'SELECT FROM ventas_tramos WHERE ubicacion_id = $1::text AND dia = $2::date AND desde = $3::time FOR UPDATE',
      keyOf(tramo),
    ),
    readMark(client, tramo, ejecucionId),
  ]);
  if (mark === undefined) throw missing(tramo);
  return mark;
}

/** Own statement, after the one that locks: the locking statement's snapshot is older than its lock. */
async function readMark(
  client: Queryable,
  tramo: Tramo,
  ejecucionId: string,
): Promise<TramoMark | undefined> {
  const { rows } = await client.query<TramoMark>(
    `SELECT left(t.hasta::text, 5) AS hasta, t.cerrado IS NOT NULL AS "seCerro", t.vacio_rechazado IS NOT NULL AS "vacioRechazado", t.huella, t.leido, t.ejecucion_id AS "ejecucionId",
            d.lineas = t.lineas AS "restoVacio", d.vaciadas AS "vaciadasDelDia", coalesce(t.leido > clock_timestamp(), false) AS "enElFuturo"
       FROM ventas_tramos t
      CROSS JOIN (
            SELECT sum(lineas) AS lineas, coalesce(sum(retiradas) FILTER (WHERE lineas = 0 AND error_codigo IS NULL AND ejecucion_id = $4::uuid), 0)::integer AS vaciadas
              FROM ventas_tramos WHERE ubicacion_id = $1::text AND dia = $2::date) AS d
      WHERE t.ubicacion_id = $1::text AND t.dia = $2::date AND t.desde = $3::time`,
    [...keyOf(tramo), ejecucionId],
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
 * The fence: refuses an answer that is not newer than the slice's last one, or is of a slice that was cut since.
 * @throws PipelineError `TRAMO_ANTIGUO`
 */
export function refuseAntiguo(mark: TramoMark, { tramo, extraccion }: TramoReading): void {
  if (mark.hasta !== tramo.hasta) {
    throw new PipelineError(
      'TRAMO_ANTIGUO',
      `El tramo ${describeTramo(tramo)} termina ahora a las ${mark.hasta}`,
    );
  }
  if (mark.leido === null || mark.leido < extraccion) return;
  const tiene = mark.leido.toISOString();
  throw new PipelineError(
    'TRAMO_ANTIGUO',
    mark.enElFuturo
      ? `${describeTramo(tramo)} tiene una lectura con hora del futuro, ${tiene}: el reloj de la base estuvo adelantado, y hasta entonces no se carga otra`
      : `${describeTramo(tramo)} ya tiene una lectura de ${tiene}, más reciente que ${extraccion.toISOString()}`,
  );
}

/** An accepted reading, as the ledger records it. */
export interface AcceptedReading {
  readonly reading: TramoReading;
  readonly estado: EstadoTramo;
  /** Fingerprint of the slice's lines; null when the slice keeps a row whose line was rejected. */
  readonly huella: string | null;
  readonly rechazadas: number;
  /** Whether a line was inserted, updated or removed. */
  readonly cambio: boolean;
  /** Lines removed. */
  readonly retiradas: number;
}

const HAY = sumLines(
  `ventas WHERE ubicacion_id = $1::text AND dia = $2::date AND fecha_venta >= $4::timestamptz AND fecha_venta < $5::timestamptz`,
);

const ACCEPT = `
  WITH hay AS (${HAY})
  UPDATE ventas_tramos t
     SET (${COLUMNAS_SUMAS.join(', ')}) = (${COLUMNAS_SUMAS.map((columna) => `hay.${columna}`).join(', ')}),
         rechazadas = $6::integer, retiradas = $12::integer, huella = $7::text, lecturas = t.lecturas + 1, leido = $8::timestamptz,
         ultimo_cambio = CASE WHEN $9::boolean THEN $8::timestamptz ELSE t.ultimo_cambio END,
         estado = $10::text, cerrado = CASE WHEN $10::text = 'cerrado' THEN coalesce(t.cerrado, $8::timestamptz) ELSE t.cerrado END, ejecucion_id = $11::uuid, error_codigo = NULL, error_mensaje = NULL, error_momento = NULL,
         vacio_rechazado = NULL
    FROM hay
   WHERE t.ubicacion_id = $1::text AND t.dia = $2::date AND t.desde = $3::time`;

/** Records a reading and the sums of the slice's lines, which it returns. */
export async function acceptTramo(client: Queryable, accepted: AcceptedReading): Promise<Sumas> {
  const { rows } = await client.query<Sumas>(
    `${ACCEPT} RETURNING ${selectSumas('t')}`,
    acceptParams(accepted),
  );
  const [sumas] = rows;
  if (sumas === undefined) throw missing(accepted.reading.tramo);
  return sumas;
}

/** Records a reading that changes nothing; undefined, with nothing written, when the ledger's sums are not those of its lines. */
export async function confirmTramo(client: Queryable, accepted: AcceptedReading): Promise<Sumas | undefined> {
  const { rows } = await client.query<Sumas>(
    `${ACCEPT}
       AND (${COLUMNAS_SUMAS.map((columna) => `t.${columna}`).join(', ')}) = (${COLUMNAS_SUMAS.map((columna) => `hay.${columna}`).join(', ')})
     RETURNING ${selectSumas('t')}`,
    acceptParams(accepted),
  );
  return rows[0];
}

function acceptParams({
  reading,
  estado,
  huella,
  rechazadas,
  cambio,
  retiradas,
}: AcceptedReading): unknown[] {
  const { tramo, extraccion, ejecucionId } = reading;
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
    retiradas,
  ];
}

/**
 * Corrects the sums of the other slices of a day from which an invoice moved into this one. Those slices become due again, because their
 * last accepted answer no longer holds.
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

/** Records that a slice could not be read or loaded. It keeps its lines; a closed one stays closed unless its answer was suspect. */
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
            error_codigo = $4::text, error_mensaje = $5::text, error_momento = $8::timestamptz, ejecucion_id = $7::uuid,
            vacio_rechazado = CASE WHEN $4::text = 'SOSPECHOSO_VACIO' THEN $8::timestamptz ELSE vacio_rechazado END
      WHERE ubicacion_id = $1::text AND dia = $2::date AND desde = $3::time`,
    [...keyOf(tramo), codigo, message, codigo.startsWith('SOSPECHOSO_'), ejecucionId, momento],
  );
}
