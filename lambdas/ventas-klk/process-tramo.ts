import type { Logger } from '@aws-lambda-powertools/logger';
import type { Tienda } from '../core/config/catalogo.ts';
import { toPipelineError } from '../core/errors/errors.ts';
import type { CodigoError } from '../core/errors/codes.ts';
import type { PipelineError } from '../core/errors/errors.ts';
import type { Retry } from '../core/klk/ask.ts';
import type { Load } from '../core/run/load-part.ts';
import { timer } from '../core/time/clock.ts';
import type { Timed } from '../core/time/clock.ts';
import { logCamposDesconocidos, logQuestion, logRetry } from '../core/run/log.ts';
import { LEFT_OUT } from '../core/run/summary.ts';
import type { Fase } from '../core/run/summary.ts';
import type { TimedAnswer } from './extract/fetch-ventas.ts';
import type { TramoReading } from './load/reading.ts';
import type { LoadCounts } from './load/load-tramo.ts';
import { logFallido, logForzado, logRechazos, MENSAJES_TRAMO } from './log.ts';
import { sumDecimals } from './sum-decimals.ts';
import { NO_LINES } from './summary.ts';
import type { LineCounts, TramoOutcome } from './summary.ts';
import { findBadLines } from './transform/guards.ts';
import type { RechazoVenta, Transformed } from './transform/rows.ts';
import { transformVentas } from './transform/transform-ventas.ts';
import type { Tramo } from './tramo.ts';

/** What processing a slice needs of its run. `extract` and `load` each wait for a free slot of their own. */
export interface TramoContext {
  readonly ejecucionId: string;
  readonly forzar: boolean;
  /** Share of rejected lines above which an answer is refused. */
  readonly badLines: number;
  /** The store to which the catalogue gives each warehouse. */
  readonly tiendaDeAlmacen: ReadonlyMap<string, string>;
  /** Names of unknown fields of KLK that this run has logged. */
  readonly camposNombrados: Set<string>;
  readonly extract: (
    tienda: Tienda,
    tramo: Tramo,
    onRetry: (retry: Retry) => void,
    timed: Timed,
  ) => Promise<TimedAnswer>;
  /** Absent in a dry run. */
  readonly load: Load<TramoReading, LoadCounts> | undefined;
}

/** A slice of a store of the catalogue. */
export interface Job {
  readonly tienda: Tienda;
  readonly tramo: Tramo;
}

/** What happened to one slice, and the lines of it that were rejected. */
export interface Processed {
  /** Undefined when it is left for another run. */
  readonly outcome: TramoOutcome | undefined;
  readonly rechazos: readonly RechazoVenta[];
  /** The refusals that a person overruled by naming store and day. */
  readonly forzados: readonly CodigoError[];
  /** Why it was not loaded. */
  readonly error?: PipelineError;
}

/** A transformed answer. */
interface Received {
  readonly extraccion: Date;
  readonly transformed: Transformed;
}

/** Takes one slice through extraction, transformation and load. Never throws: what went wrong is part of the result. */
export async function processTramo(
  job: Job,
  context: TramoContext,
  parentLogger: Logger,
): Promise<Processed> {
  const { tienda, tramo } = job;
  const { dia, desde, hasta } = tramo;
  const logger = parentLogger.createChild({ persistentKeys: { tienda: tienda.id, dia, desde, hasta } });
  const ms: Record<Fase, number> = { extraccion: 0, transformacion: 0, carga: 0 };
  let fase: Fase = 'extraccion';
  let lineas: LineCounts = NO_LINES;
  let rechazos: readonly RechazoVenta[] = [];
  // Own function, so that the received lines are freed before the wait for a connection.
  const extractAndTransform = async (): Promise<Received> => {
    const { lineas: received, extraccion } = await context.extract(
      tienda,
      tramo,
      (retry) => {
        logRetry(logger, retry);
      },
      (work) => {
        logQuestion(logger);
        return timer(ms, 'extraccion')(work);
      },
    );
    fase = 'transformacion';
    const { tiendaDeAlmacen } = context;
    const transformed = await timer(
      ms,
      fase,
    )(() => Promise.resolve(transformVentas(received, { tramo, tiendaDeAlmacen })));
    return { extraccion, transformed };
  };
  try {
    const { extraccion, transformed } = await extractAndTransform();
    rechazos = transformed.rechazos;
    lineas = countTransformed(transformed);
    logRechazos(logger, fase, rechazos);
    logCamposDesconocidos(logger, transformed.camposDesconocidos, context.camposNombrados);
    const overruled = refuseBadLines(transformed, context, logger);
    if (context.load === undefined) {
      logger.info(MENSAJES_TRAMO.validado, { fase, ...lineas, ms });
      const ventaUsd = sumDecimals(transformed.lineas.map(({ venta_total }) => venta_total));
      return { outcome: { tramo, estado: 'simulado', lineas, ventaUsd, ms }, rechazos, forzados: [] };
    }

    fase = 'carga';
    const loaded = await context.load(toReading(job, context, extraccion, transformed), timer(ms, fase));
    const { nuevas, cambiadas, retiradas, ventaTotal } = loaded;
    for (const refusal of loaded.forzados) logForzado(logger, fase, refusal);
    logRechazos(logger, fase, loaded.rechazos);
    rechazos = [...rechazos, ...loaded.rechazos];
    lineas = {
      ...lineas,
      validos: lineas.validos - loaded.rechazos.length,
      rechazados: rechazos.length,
      nuevas,
      cambiadas,
      retiradas,
    };
    const estado = nuevas + cambiadas + retiradas > 0 ? 'cargado' : 'igual';
    logger.info(MENSAJES_TRAMO[estado], { fase, ...lineas, ms });
    return {
      outcome: { tramo, estado, lineas, ventaUsd: ventaTotal, ms },
      rechazos,
      forzados: [overruled, ...loaded.forzados].flatMap((refusal) => refusal?.codigo ?? []),
    };
  } catch (thrown) {
    const error = toPipelineError(thrown);
    const estado = LEFT_OUT.has(error.codigo) ? 'pendiente' : 'fallido';
    logFallido(logger, estado, fase, error);
    if (estado === 'pendiente') return { outcome: undefined, rechazos: [], forzados: [], error };
    const resumen = { codigo: error.codigo, fase, mensaje: error.message };
    const outcome = { tramo, estado, lineas, ventaUsd: '0', ms, error: resumen } as const;
    return { outcome, rechazos, forzados: [], error };
  }
}

/** Refuses an answer with too many rejected lines, unless a person overruled that. Returns what was overruled. */
function refuseBadLines(
  { extraidos, rechazos }: Transformed,
  { badLines, forzar }: TramoContext,
  logger: Logger,
): PipelineError | undefined {
  const problem = findBadLines({ extraidos, rechazados: rechazos.length }, badLines);
  if (problem === undefined) return undefined;
  if (!forzar) throw problem;
  logForzado(logger, 'transformacion', problem);
  return problem;
}

const countTransformed = ({ extraidos, lineas, rechazos, duplicados }: Transformed): LineCounts => ({
  ...NO_LINES,
  extraidos,
  validos: lineas.length,
  rechazados: rechazos.length,
  duplicados,
});

const toReading = (
  { tramo }: Job,
  { ejecucionId, forzar }: TramoContext,
  extraccion: Date,
  { lineas, productos, rechazos, identidadIlegible, huella }: Transformed,
): TramoReading => ({
  ejecucionId,
  tramo,
  extraccion,
  lineas,
  productos,
  rechazos,
  retirarAusentes: !identidadIlegible,
  huella,
  forzar,
});
