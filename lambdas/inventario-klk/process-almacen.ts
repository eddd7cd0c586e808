import type { Logger } from '@aws-lambda-powertools/logger';
import { PipelineError, toPipelineError } from '../shared/errors.ts';
import type { Almacen, Tienda } from './catalogo.ts';
import type { Deadline } from './deadline.ts';
import type { Extraccion, Retry } from './extract/fetch-inventario.ts';
import type { LoadCounts } from './load/load-almacen.ts';
import type { Snapshot } from './load/snapshot.ts';
import { SIN_CONTEOS } from './summary.ts';
import type { Conteos, Fase, ResumenAlmacen } from './summary.ts';
import { transformInventario } from './transform/transform-inventario.ts';
import type { Transformado } from './transform/rows.ts';

/** What a warehouse passes through; each stage waits for its own free slot. */
export interface Stages {
  readonly ejecucionId: string;
  readonly deadline: Deadline;
  extract(almacen: string, onRetry: (retry: Retry) => void, timed: Timed): Promise<Extraccion>;
  /** Absent in a dry run. */
  readonly load?: (snapshot: Snapshot, timed: Timed) => Promise<LoadCounts>;
}

/** Runs a stage's work and records how long it took, without the wait for its slot. */
export type Timed = <T>(work: () => Promise<T>) => Promise<T>;

/** A warehouse that has less than this left is not started: it would only be cut off. */
const MIN_START_MS = 1_000;

/** Takes one warehouse through extraction, transformation and load. Never throws: what went wrong is part of the summary. */
export async function processAlmacen(
  tienda: Tienda,
  almacen: Almacen,
  stages: Stages,
  parentLogger: Logger,
): Promise<ResumenAlmacen> {
  const logger = parentLogger.createChild({ persistentKeys: { tienda: tienda.id, almacen: almacen.codigo } });
  const ms: Record<Fase, number> = { extraccion: 0, transformacion: 0, carga: 0 };
  const timed =
    (fase: Fase): Timed =>
    async (work) => {
      const start = performance.now();
      try {
        return await work();
      } finally {
        ms[fase] = Math.round(performance.now() - start);
      }
    };
  let fase: Fase = 'extraccion';
  let conteos: Conteos = SIN_CONTEOS;
  try {
    refuseLateStart(stages.deadline, almacen);
    const extraccion = await stages.extract(
      almacen.codigo,
      (retry) => {
        logRetry(logger, retry);
      },
      timed(fase),
    );
    logExtraccion(logger, extraccion, ms.extraccion);

    fase = 'transformacion';
    const transformado = await timed(fase)(() => Promise.resolve(transformInventario(extraccion.articulos)));
    conteos = countTransformado(conteos, extraccion, transformado);
    logTransformado(logger, transformado, ms.transformacion);
    if (stages.load === undefined) return { codigo: almacen.codigo, estado: 'simulado', ...conteos, ms };

    fase = 'carga';
    const snapshot = toSnapshot(stages.ejecucionId, tienda, almacen, extraccion, transformado);
    const loaded = await stages.load(snapshot, timed(fase));
    logger.info('Inventario cargado', { fase, ...loaded, ms: ms.carga });
    return { codigo: almacen.codigo, estado: 'cargado', ...conteos, ...loaded, ms };
  } catch (thrown) {
    const error = toPipelineError(thrown);
    const estado = error.codigo === 'SIN_TIEMPO' ? 'omitido' : 'fallido';
    logger.error(estado === 'omitido' ? 'Almacén omitido' : 'Almacén fallido', {
      fase,
      codigo: error.codigo,
      error,
    });
    return {
      codigo: almacen.codigo,
      estado,
      ...conteos,
      ms,
      error: { codigo: error.codigo, fase, mensaje: error.message },
    };
  }
}

function refuseLateStart(deadline: Deadline, almacen: Almacen): void {
  if (deadline.remainingMs() >= MIN_START_MS) return;
  throw new PipelineError('SIN_TIEMPO', `No quedaba tiempo para empezar ${almacen.codigo}`);
}

function countTransformado(base: Conteos, { articulos }: Extraccion, transformado: Transformado): Conteos {
  return {
    ...base,
    extraidos: articulos.length,
    validos: transformado.inventario.length,
    rechazados: transformado.rechazos.length,
    duplicados: transformado.duplicados,
  };
}

function toSnapshot(
  ejecucionId: string,
  tienda: Tienda,
  almacen: Almacen,
  { extraccion }: Extraccion,
  { productos, inventario, rechazos }: Transformado,
): Snapshot {
  return {
    ejecucionId,
    ubicacionId: tienda.id,
    almacen: almacen.codigo,
    extraccion,
    productos,
    inventario,
    codigosRechazados: [...new Set(rechazos.flatMap(({ codigo }) => codigo ?? []))],
    retirarAusentes: rechazos.every(({ codigo }) => codigo !== null),
  };
}

function logRetry(logger: Logger, { intento, error }: Retry): void {
  logger.warn('Reintento', { fase: 'extraccion', intento, codigo: error.codigo, motivo: error.message });
}

function logExtraccion(
  logger: Logger,
  { articulos, fechaGeneracion, identidadConfirmada }: Extraccion,
  ms: number,
): void {
  const fase = 'extraccion';
  logger.info('Inventario extraído', { fase, extraidos: articulos.length, fechaGeneracion, ms });
  if (!identidadConfirmada) logger.warn('KLK no dice de qué almacén son los datos', { fase });
}

function logTransformado(logger: Logger, transformado: Transformado, ms: number): void {
  const fase = 'transformacion';
  const { inventario, rechazos, duplicados, preciosIlegibles, textosLimpiados, camposDesconocidos } =
    transformado;
  logger.info('Inventario transformado', {
    fase,
    validos: inventario.length,
    rechazados: rechazos.length,
    duplicados,
    preciosIlegibles,
    textosLimpiados,
    ms,
  });
  for (const { codigo, motivo } of rechazos.slice(0, MAX_LOGGED))
    logger.warn('Fila rechazada', { fase, producto: codigo, motivo });
  if (camposDesconocidos.length > 0)
    logger.warn('KLK envía campos desconocidos', { fase, campos: camposDesconocidos });
}

/** Refused rows logged one by one, at most; the rest is in the counts. */
const MAX_LOGGED = 20;
