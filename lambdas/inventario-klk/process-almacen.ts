import type { Logger } from '@aws-lambda-powertools/logger';
import { toPipelineError } from '../shared/errors.ts';
import type { CodigoError, PipelineError } from '../shared/errors.ts';
import type { Almacen, Tienda } from './catalogo.ts';
import type { Extraccion, Retry } from './extract/fetch-inventario.ts';
import type { LoadCounts } from './load/load-almacen.ts';
import type { Snapshot } from './load/snapshot.ts';
import {
  logCamposDesconocidos,
  logExtraccion,
  logForzado,
  logQuestion,
  logRetry,
  logTransformado,
} from './log-events.ts';
import { SIN_CONTEOS } from './summary.ts';
import type { Conteos, Fase, ResumenAlmacen } from './summary.ts';
import { findBadRows } from './transform/guards.ts';
import type { Rechazo, Transformado } from './transform/rows.ts';
import { transformInventario } from './transform/transform-inventario.ts';

/** Runs a stage's work, or one attempt at it, and adds up how long it took, without the wait for its slot. */
type Timed = <T>(work: () => Promise<T>) => Promise<T>;

/** What a warehouse passes through; each stage waits for its own free slot. */
export interface Stages {
  readonly ejecucionId: string;
  readonly forzar: boolean;
  /** Share of refused rows above which an answer is not believed. */
  readonly badRows: number;
  /** Fields of KLK that nobody knows, as far as this run has logged their names. */
  readonly camposNombrados: Set<string>;
  readonly extract: (almacen: string, onRetry: (retry: Retry) => void, timed: Timed) => Promise<Extraccion>;
  /** Absent in a dry run. */
  readonly load?: (snapshot: Snapshot, timed: Timed) => Promise<LoadCounts>;
}

/** A warehouse of the catalogue, with its store. */
export interface Job {
  readonly tienda: Tienda;
  readonly almacen: Almacen;
}

/** What happened to one warehouse, and the rows of it that were refused. */
export interface Processed {
  readonly resumen: ResumenAlmacen;
  readonly rechazos: readonly Rechazo[];
  /** The refusals that a person overruled by naming the store. */
  readonly forzados: readonly CodigoError[];
  /** Articles whose price changed. */
  readonly preciosCambiados: number;
}

/** Reasons to leave a warehouse that are not its own. */
const LEFT_OUT: ReadonlySet<CodigoError> = new Set(['SIN_TIEMPO', 'INTERRUMPIDA']);

/** What is left of an answer once its rows are ours. */
interface Received {
  readonly extraidos: number;
  readonly extraccion: Date;
  readonly transformado: Transformado;
}

/** Takes one warehouse through extraction, transformation and load. Never throws: what went wrong is part of the summary. */
export async function processAlmacen(job: Job, stages: Stages, parentLogger: Logger): Promise<Processed> {
  const { codigo } = job.almacen;
  const logger = parentLogger.createChild({ persistentKeys: { tienda: job.tienda.id, almacen: codigo } });
  const ms: Record<Fase, number> = { extraccion: 0, transformacion: 0, carga: 0 };
  let fase: Fase = 'extraccion';
  let conteos: Conteos = SIN_CONTEOS;
  let rechazos: readonly Rechazo[] = [];
  // A function of its own, with which the rows as received end: they would outlast the wait for a loader.
  const extractAndTransform = async (): Promise<Received> => {
    const extraccion = await stages.extract(
      codigo,
      (retry) => {
        logRetry(logger, retry);
      },
      (work) => {
        logQuestion(logger);
        return timer(ms, 'extraccion')(work);
      },
    );
    logExtraccion(logger, extraccion, ms.extraccion);

    fase = 'transformacion';
    const transformado = await timer(
      ms,
      fase,
    )(() => Promise.resolve(transformInventario(extraccion.articulos)));
    return { extraidos: extraccion.articulos.length, extraccion: extraccion.extraccion, transformado };
  };
  try {
    const { transformado, ...received } = await extractAndTransform();
    rechazos = transformado.rechazos;
    conteos = { ...conteos, ...countTransformado(received.extraidos, transformado) };
    logTransformado(logger, transformado, ms.transformacion);
    logCamposDesconocidos(logger, transformado.camposDesconocidos, stages.camposNombrados);
    const overruled = refuseBadRows(transformado, stages, logger);
    if (stages.load === undefined) {
      logger.info('Inventario validado', { fase });
      return {
        resumen: { codigo, estado: 'simulado', ...conteos, ms },
        rechazos,
        forzados: [],
        preciosCambiados: 0,
      };
    }

    fase = 'carga';
    const { forzados, preciosCambiados, ...loaded } = await stages.load(
      toSnapshot(job, stages, received.extraccion, transformado),
      timer(ms, fase),
    );
    for (const refusal of forzados) logForzado(logger, fase, refusal);
    logger.info('Inventario cargado', { fase, ...loaded, preciosCambiados, ms: ms.carga });
    const resumen = { codigo, estado: 'cargado', ...conteos, ...loaded, ms } as const;
    return {
      resumen,
      rechazos,
      forzados: [overruled, ...forzados].flatMap((refusal) => refusal?.codigo ?? []),
      preciosCambiados,
    };
  } catch (thrown) {
    const error = toPipelineError(thrown);
    const estado = LEFT_OUT.has(error.codigo) ? 'omitido' : 'fallido';
    logger.error(`Almacén ${estado}`, { fase, codigo: error.codigo, motivo: error.message, error });
    const resumen = {
      codigo,
      estado,
      ...conteos,
      ms,
      error: { codigo: error.codigo, fase, mensaje: error.message },
    } as const;
    return { resumen, rechazos, forzados: [], preciosCambiados: 0 };
  }
}

function timer(ms: Record<Fase, number>, fase: Fase): Timed {
  return async (work) => {
    const start = performance.now();
    try {
      return await work();
    } finally {
      ms[fase] += Math.round(performance.now() - start);
    }
  };
}

/** A person can accept many refused rows, but not that every row was: that is no inventory. Returns what was overruled. */
function refuseBadRows(
  transformado: Transformado,
  { badRows, forzar }: Stages,
  logger: Logger,
): PipelineError | undefined {
  const problem = findBadRows(transformado, badRows);
  if (problem === undefined) return undefined;
  if (!forzar || transformado.inventario.length === 0) throw problem;
  logForzado(logger, 'transformacion', problem);
  return problem;
}

function countTransformado(extraidos: number, transformado: Transformado): Partial<Conteos> {
  return {
    extraidos,
    validos: transformado.inventario.length,
    rechazados: transformado.rechazos.length,
    duplicados: transformado.duplicados,
  };
}

function toSnapshot(
  { tienda, almacen }: Job,
  { ejecucionId, forzar }: Stages,
  extraccion: Date,
  { productos, inventario, rechazos }: Transformado,
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
