import pLimit from 'p-limit';
import { toPipelineError } from '../../core/errors/errors.ts';
import type { Queryable } from '../../core/postgres/connection.ts';
import { withRetries } from '../../core/postgres/retry.ts';
import { withTransaction } from '../../core/postgres/transaction.ts';
import type { RecordConnection, RunContext } from '../../core/run/run.ts';
import { MENSAJES_ALMACEN } from '../log.ts';
import type { Job, Processed, ResumenAlmacen } from '../summary.ts';
import { MAX_FILAS_RECHAZADAS } from '../../core/errors/describe-fila.ts';
import type { Rechazo } from '../transform/transform-inventario.ts';

/** Records the outcome of one warehouse. Recording never fails a run; only the end of the run waits for it. */
export type RecordAlmacen = (job: Job, processed: Processed) => Promise<void>;

/** Records one warehouse at a time, and the first `MAX_FILAS_RECHAZADAS` rejected rows of the run. */
export function createRecord(
  { ejecucionId, logger }: RunContext,
  recording: RecordConnection,
): RecordAlmacen {
  const oneAtATime = pLimit(1);
  let rechazosLeft = MAX_FILAS_RECHAZADAS;
  const takeRechazos = (rechazos: readonly Rechazo[]): readonly Rechazo[] => {
    const kept = rechazos.slice(0, rechazosLeft);
    rechazosLeft -= kept.length;
    return kept;
  };
  const record = async (
    { tienda, almacen }: Job,
    { resumen, forzados, preciosCambiados }: Omit<Processed, 'rechazos'>,
    rechazos: readonly Rechazo[],
  ): Promise<void> => {
    const write = async (client: Queryable): Promise<boolean> =>
      insertAlmacen(client, ejecucionId, tienda.id, { ...resumen, forzados, preciosCambiados });
    const writeAll = async (client: Queryable): Promise<void> => {
      if (await write(client)) await insertRechazos(client, ejecucionId, almacen.codigo, rechazos);
    };
    if (rechazos.length > 0) {
      try {
        const signal = recording.limit();
        await withRetries(signal, () => withTransaction(recording.connection, writeAll, signal));
        return;
      } catch (error) {
        // The outcome is recorded even if the rejected rows cannot be.
        logger.warn(MENSAJES_ALMACEN.rechazosSinRegistrar, {
          almacen: almacen.codigo,
          motivo: toPipelineError(error).message,
        });
      }
    }
    // A single statement needs no transaction, which saves a round trip.
    const signal = recording.limit();
    await withRetries(signal, () => recording.connection.use(write, signal));
  };
  return (job, { rechazos, ...processed }) => {
    // Cut here, so that surplus rows are freed while earlier records are written.
    const kept = takeRechazos(rechazos);
    return oneAtATime(() => record(job, processed, kept)).catch((error: unknown) => {
      logger.warn(MENSAJES_ALMACEN.sinRegistrar, {
        almacen: job.almacen.codigo,
        motivo: toPipelineError(error).message,
      });
    });
  };
}

/** Returns false when the warehouse is recorded already. */
async function insertAlmacen(
  client: Queryable,
  ejecucionId: string,
  ubicacionId: string,
  almacen: ResumenAlmacen & Pick<Processed, 'forzados' | 'preciosCambiados'>,
): Promise<boolean> {
  const { error, ms, forzados } = almacen;
  const { rowCount } = await client.query(
    `INSERT INTO etl_ejecucion_almacenes
            (ejecucion_id, ubicacion_id, almacen_codigo, estado, error_fase, error_codigo, error_mensaje,
             extraidos, validos, rechazados, duplicados, productos_nuevos, productos_actualizados,
             inventario, conservados, retirados, historico, ms_extraccion, ms_transformacion, ms_carga, forzado_codigo,
             precios_cambiados)
     VALUES ($1::uuid, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text,
             $8::integer, $9::integer, $10::integer, $11::integer, $12::integer, $13::integer,
             $14::integer, $15::integer, $16::integer, $17::integer, $18::integer, $19::integer, $20::integer, $21::text[], $22::integer)
     ON CONFLICT (ejecucion_id, almacen_codigo) DO NOTHING`,
    [
      ejecucionId,
      ubicacionId,
      almacen.codigo,
      almacen.estado,
      error?.fase ?? null,
      error?.codigo ?? null,
      error?.mensaje ?? null,
      almacen.extraidos,
      almacen.validos,
      almacen.rechazados,
      almacen.duplicados,
      almacen.productosNuevos,
      almacen.productosActualizados,
      almacen.inventario,
      almacen.conservados,
      almacen.retirados,
      almacen.historico,
      ms.extraccion,
      ms.transformacion,
      ms.carga,
      forzados.length === 0 ? null : forzados,
      almacen.preciosCambiados,
    ],
  );
  return rowCount === 1;
}

/** Quarantines rejected rows. */
export async function insertRechazos(
  client: Queryable,
  ejecucionId: string,
  almacen: string,
  rechazos: readonly Rechazo[],
): Promise<void> {
  await client.query(
    `INSERT INTO etl_rechazos (ejecucion_id, almacen_codigo, producto_codigo, motivo, fila)
     SELECT $1::uuid, $2::text, producto_codigo, motivo, fila
       FROM unnest($3::text[], $4::text[], $5::text[]) AS r (producto_codigo, motivo, fila)`,
    [
      ejecucionId,
      almacen,
      rechazos.map(({ codigo }) => codigo),
      rechazos.map(({ motivo }) => motivo),
      rechazos.map(({ fila }) => fila),
    ],
  );
}
