import pLimit from 'p-limit';
import { MAX_FILAS_RECHAZADAS } from '../../core/errors/describe-fila.ts';
import { toPipelineError } from '../../core/errors/errors.ts';
import type { CodigoError } from '../../core/errors/codes.ts';
import type { PipelineError } from '../../core/errors/errors.ts';
import type { Queryable } from '../../core/postgres/connection.ts';
import { withRetries } from '../../core/postgres/retry.ts';
import type { RecordConnection, RunContext } from '../../core/run/run.ts';
import { MENSAJES_VENTAS } from '../log.ts';
import type { ResumenTienda } from '../summary.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { RechazoVenta } from '../transform/rows.ts';
import type { Tramo } from '../tramo.ts';
import { markFallido } from './ledger.ts';
import { splitTramos } from './split-tramos.ts';
import type { Cut } from './split-tramos.ts';

/** A store's summary, and what a person overruled in it. */
interface TiendaToRecord {
  readonly resumen: ResumenTienda;
  readonly forzados: readonly CodigoError[];
}

/** Records the outcome of a run's slices and stores, one record after the other. Recording never fails a run; only the end of the run waits for it. */
export interface RecordVentas {
  /** A slice that could not be read or loaded, and how to cut it when KLK did not answer in time. */
  readonly fallo: (tramo: Tramo, error: PipelineError, corte: Cut | undefined) => void;
  /** Rejected lines; of the whole run the first `MAX_FILAS_RECHAZADAS`. */
  readonly rechazos: (tramo: Tramo, rechazos: readonly RechazoVenta[]) => void;
  readonly tiendas: (tiendas: readonly TiendaToRecord[]) => void;
  /** Resolves when every record was written or has failed. */
  readonly done: () => Promise<void>;
}

/** Records on the connection of `recording`. */
export function createRecord(
  { ejecucionId, logger }: RunContext,
  recording: RecordConnection,
  clock: Clock,
): RecordVentas {
  const oneAtATime = pLimit(1);
  const written: Promise<void>[] = [];
  let rechazosLeft = MAX_FILAS_RECHAZADAS;
  const write = (fn: (client: Queryable) => Promise<void>): void => {
    const writing = oneAtATime(() => {
      const signal = recording.limit();
      return withRetries(signal, () => recording.connection.use(fn, signal));
    });
    written.push(
      writing.catch((error: unknown) => {
        logger.warn(MENSAJES_VENTAS.sinRegistrar, { motivo: toPipelineError(error).message });
      }),
    );
  };
  return {
    fallo: (tramo, error, corte) => {
      const momento = clock.now();
      write(async (client) => {
        await markFallido(client, ejecucionId, tramo, error, momento);
        if (corte !== undefined) await splitTramos(client, [corte]);
      });
    },
    rechazos: (tramo, rechazos) => {
      // Cut here, so that surplus lines are freed while earlier records are written.
      const kept = rechazos.slice(0, rechazosLeft);
      rechazosLeft -= kept.length;
      if (kept.length > 0) write((client) => insertRechazos(client, ejecucionId, tramo, kept));
    },
    tiendas: (tiendas) => {
      write((client) => insertTiendas(client, ejecucionId, tiendas));
    },
    done: async () => {
      await Promise.all(written);
    },
  };
}

async function insertTiendas(
  client: Queryable,
  ejecucionId: string,
  tiendas: readonly TiendaToRecord[],
): Promise<void> {
  await Promise.all(tiendas.map((tienda) => insertTienda(client, ejecucionId, tienda)));
}

/** Does nothing when the store is recorded already. */
async function insertTienda(
  client: Queryable,
  ejecucionId: string,
  { resumen, forzados }: TiendaToRecord,
): Promise<void> {
  const { tramos, ms, errores } = resumen;
  const [error] = errores;
  await client.query(
    `INSERT INTO etl_ejecucion_ventas
            (ejecucion_id, ubicacion_id, estado, dias, tramos_cargados, tramos_iguales, tramos_fallidos, tramos_pendientes,
             extraidos, validos, rechazados, duplicados, lineas_nuevas, lineas_cambiadas, lineas_retiradas, venta_total,
             error_codigo, error_mensaje, forzado_codigo, ms_extraccion, ms_transformacion, ms_carga)
     VALUES ($1::uuid, $2::text, $3::text, $4::integer, $5::integer, $6::integer, $7::integer, $8::integer,
             $9::integer, $10::integer, $11::integer, $12::integer, $13::integer, $14::integer, $15::integer, $16::numeric,
             $17::text, $18::text, $19::text[], $20::integer, $21::integer, $22::integer)
     ON CONFLICT (ejecucion_id, ubicacion_id) DO NOTHING`,
    [
      ejecucionId,
      resumen.id,
      resumen.estado,
      resumen.dias,
      tramos.cargados,
      tramos.iguales,
      tramos.fallidos,
      tramos.pendientes,
      resumen.extraidos,
      resumen.validos,
      resumen.rechazados,
      resumen.duplicados,
      resumen.nuevas,
      resumen.cambiadas,
      resumen.retiradas,
      resumen.ventaUsd,
      error?.codigo ?? null,
      error?.mensaje ?? null,
      forzados.length === 0 ? null : [...new Set(forzados)],
      ms.extraccion,
      ms.transformacion,
      ms.carga,
    ],
  );
}

/** Quarantines rejected lines. Does nothing when those of the slice are recorded already. */
async function insertRechazos(
  client: Queryable,
  ejecucionId: string,
  { tienda, dia, desde }: Tramo,
  rechazos: readonly RechazoVenta[],
): Promise<void> {
  await client.query(
    `INSERT INTO ventas_rechazos (ejecucion_id, ubicacion_id, dia, desde, numero_factura, linea, producto_codigo, motivo, fila)
     SELECT $1::uuid, $2::text, $3::date, $4::time, numero_factura, linea, producto_codigo, motivo, fila
       FROM unnest($5::text[], $6::integer[], $7::text[], $8::text[], $9::text[])
         AS r (numero_factura, linea, producto_codigo, motivo, fila)
      WHERE NOT EXISTS (SELECT FROM ventas_rechazos WHERE (ejecucion_id, ubicacion_id, dia, desde) = ($1::uuid, $2::text, $3::date, $4::time))`,
    [
      ejecucionId,
      tienda,
      dia,
      desde,
      rechazos.map(({ numeroFactura }) => numeroFactura),
      rechazos.map(({ linea }) => linea),
      rechazos.map(({ producto }) => producto),
      rechazos.map(({ motivo }) => motivo),
      rechazos.map(({ fila }) => fila),
    ],
  );
}
