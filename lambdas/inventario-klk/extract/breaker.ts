import { PipelineError } from '../../shared/errors.ts';
import type { CodigoError } from '../../shared/errors.ts';

/** Failures in which no HTTP answer arrived at all. */
const CONNECTION_LEVEL: ReadonlySet<CodigoError> = new Set([
  'KLK_INACCESIBLE',
  'KLK_SIN_RESPUESTA',
  'KLK_CORTADA',
]);

const FAILED_ALMACENES_TO_OPEN = 2;

/**
 * Stops asking a KLK that is down: once two different warehouses in a row have failed without an answer, every further attempt is
 * refused at once, so that a dead source ends the run in seconds. Any HTTP answer shows that KLK lives.
 */
export interface Breaker {
  /** @throws PipelineError `KLK_CAIDA` when open. */
  refuseIfOpen(): void;
  /** An attempt that got an answer, whatever it said. */
  recordAnswer(): void;
  /** A warehouse that failed for good. */
  recordFailure(almacen: string, error: unknown): void;
}

const isConnectionFailure = (error: unknown): boolean =>
  error instanceof PipelineError && CONNECTION_LEVEL.has(error.codigo);

/** A closed breaker for one run. */
export function createBreaker(): Breaker {
  const failed = new Set<string>();
  return {
    refuseIfOpen: () => {
      if (failed.size < FAILED_ALMACENES_TO_OPEN) return;
      throw new PipelineError(
        'KLK_CAIDA',
        `KLK no contestó a ${[...failed].join(' ni a ')}; no se le pregunta más en esta ejecución`,
      );
    },
    recordAnswer: () => {
      // Once open it stays open: an answer still in flight does not restart the run.
      if (failed.size < FAILED_ALMACENES_TO_OPEN) failed.clear();
    },
    recordFailure: (almacen, error) => {
      if (failed.size < FAILED_ALMACENES_TO_OPEN && isConnectionFailure(error)) failed.add(almacen);
    },
  };
}
