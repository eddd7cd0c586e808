import type { Logger } from '@aws-lambda-powertools/logger';
import { toPipelineError } from '../core/errors/errors.ts';
import type { PipelineError } from '../core/errors/errors.ts';
import type { Retry } from '../core/klk/ask.ts';
import { logCamposDesconocidos, logQuestion, logRetry } from '../core/run/log.ts';
import { LEFT_OUT } from '../core/run/summary.ts';
import type { Fase } from '../core/run/summary.ts';
import type { TimedAnswer } from './extract/fetch-inventario.ts';
import type { Load } from '../core/run/load-part.ts';
import { timer } from '../core/time/clock.ts';
import type { Timed } from '../core/time/clock.ts';
import type { LoadCounts } from './load/load-almacen.ts';
import type { Snapshot } from './load/replace-inventario.ts';
import { logAnswer, logFallido, logForzado, logTransformed, MENSAJES_ALMACEN } from './log.ts';
import { NO_COUNTS } from './summary.ts';
import type { Job, Processed, RowCounts } from './summary.ts';
import { findBadRows } from './transform/guards.ts';
import type { Rechazo, Transformed } from './transform/transform-inventario.ts';
import { transformInventario } from './transform/transform-inventario.ts';

/** What processing a warehouse needs of its run. `extract` and `load` each wait for a free slot of their own. */
export interface AlmacenContext {
  readonly ejecucionId: string;
  readonly forzar: boolean;
  /** Share of rejected rows above which an answer is refused. */
  readonly badRows: number;
  /** Names of unknown fields of KLK that this run has logged. */
  readonly camposNombrados: Set<string>;
  readonly extract: (almacen: string, onRetry: (retry: Retry) => void, timed: Timed) => Promise<TimedAnswer>;
  /** Absent in a dry run. */
  readonly load: Load<Snapshot, LoadCounts> | undefined;
}

/** A transformed answer. */
interface Received {
  readonly extraidos: number;
  readonly extraccion: Date;
  readonly transformed: Transformed;
}

/** Takes one warehouse through extraction, transformation and load. Never throws: what went wrong is part of the summary. */
export async function processAlmacen(
  job: Job,
  context: AlmacenContext,
  parentLogger: Logger,
): Promise<Processed> {
  const { codigo } = job.almacen;
  const logger = parentLogger.createChild({ persistentKeys: { tienda: job.tienda.id, almacen: codigo } });
  const ms: Record<Fase, number> = { extraccion: 0, transformacion: 0, carga: 0 };
  let fase: Fase = 'extraccion';
  let counts: RowCounts = NO_COUNTS;
  let rechazos: readonly Rechazo[] = [];
  // Own function, so that the received rows are freed before the wait for a connection.
  const extractAndTransform = async (): Promise<Received> => {
    const answer = await context.extract(
      codigo,
      (retry) => {
        logRetry(logger, retry);
      },
      (work) => {
        logQuestion(logger);
        return timer(ms, 'extraccion')(work);
      },
    );
    logAnswer(logger, answer, ms.extraccion);

    fase = 'transformacion';
    const transformed = await timer(ms, fase)(() => Promise.resolve(transformInventario(answer.articulos)));
    return { extraidos: answer.articulos.length, extraccion: answer.extraccion, transformed };
  };
  try {
    const { transformed, ...received } = await extractAndTransform();
    rechazos = transformed.rechazos;
    counts = { ...counts, ...countTransformed(received.extraidos, transformed) };
    logTransformed(logger, transformed, ms.transformacion);
    logCamposDesconocidos(logger, transformed.camposDesconocidos, context.camposNombrados);
    const overruled = refuseBadRows(transformed, context, logger);
    if (context.load === undefined) {
      logger.info(MENSAJES_ALMACEN.validado, { fase });
      return {
        resumen: { codigo, estado: 'simulado', ...counts, ms },
        rechazos,
        forzados: [],
        preciosCambiados: 0,
      };
    }

    fase = 'carga';
    const { forzados, preciosCambiados, ...loaded } = await context.load(
      toSnapshot(job, context, received.extraccion, transformed),
      timer(ms, fase),
    );
    for (const refusal of forzados) logForzado(logger, fase, refusal);
    logger.info(MENSAJES_ALMACEN.cargado, { fase, ...loaded, preciosCambiados, ms: ms.carga });
    const resumen = { codigo, estado: 'cargado', ...counts, ...loaded, ms } as const;
    return {
      resumen,
      rechazos,
      forzados: [overruled, ...forzados].flatMap((refusal) => refusal?.codigo ?? []),
      preciosCambiados,
    };
  } catch (thrown) {
    const error = toPipelineError(thrown);
    const estado = LEFT_OUT.has(error.codigo) ? 'omitido' : 'fallido';
    logFallido(logger, estado, fase, error);
    const resumen = {
      codigo,
      estado,
      ...counts,
      ms,
      error: { codigo: error.codigo, fase, mensaje: error.message },
    } as const;
    return { resumen, rechazos, forzados: [], preciosCambiados: 0 };
  }
}

/** Refuses an answer with too many rejected rows. A person may overrule that, unless every row was rejected. Returns what was overruled. */
function refuseBadRows(
  transformed: Transformed,
  { badRows, forzar }: AlmacenContext,
  logger: Logger,
): PipelineError | undefined {
  const problem = findBadRows(transformed, badRows);
  if (problem === undefined) return undefined;
  if (!forzar || transformed.inventario.length === 0) throw problem;
  logForzado(logger, 'transformacion', problem);
  return problem;
}

function countTransformed(extraidos: number, transformed: Transformed): Partial<RowCounts> {
  return {
    extraidos,
    validos: transformed.inventario.length,
    rechazados: transformed.rechazos.length,
    duplicados: transformed.duplicados,
  };
}

function toSnapshot(
  { tienda, almacen }: Job,
  { ejecucionId, forzar }: AlmacenContext,
  extraccion: Date,
  { productos, inventario, rechazos }: Transformed,
): Snapshot {
  const rechazados = new Set(rechazos.flatMap(({ codigo }) => codigo ?? []));
  const sinCodigo = rechazos.filter(({ codigo }) => codigo === null).length;
  return {
    ejecucionId,
    ubicacionId: tienda.id,
    almacen: almacen.codigo,
    extraccion,
    productos,
    inventario,
    codigosRechazados: [...rechazados],
    retirarAusentes: sinCodigo === 0,
    articulos: inventario.length + rechazados.size + sinCodigo,
    forzar,
  };
}
