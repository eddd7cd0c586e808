import pLimit from 'p-limit';
import { toPipelineError } from '../shared/errors.ts';
import type { Database, Queryable } from './load/database.ts';
import { loadAlmacen } from './load/load-almacen.ts';
import type { LoadCounts } from './load/load-almacen.ts';
import { retryWhileBusy } from './load/retry-while-busy.ts';
import { withRetries } from './load/retry.ts';
import type { Snapshot } from './load/snapshot.ts';
import { withTransaction } from './load/transaction.ts';
import type { Job, Processed } from './process-almacen.ts';
import type { Sink } from './process-tiendas.ts';
import type { Run } from './run.ts';
import { recordAlmacen } from './runs/record-almacen.ts';
import { recordRechazos } from './runs/record-rechazos.ts';
import { MAX_FILAS_RECHAZADAS } from './transform/rows.ts';
import type { ProductoRow, Rechazo } from './transform/rows.ts';

/** What writes down what happened. */
export interface Recorder {
  /** A connection of its own: whatever ends a load, or makes it wait, is no reason not to tell of it. */
  readonly database: Database;
  /** Bounds one piece of writing, which may go on for a while after the run's own deadline. */
  readonly limit: () => AbortSignal;
}

/**
 * Loads as many warehouses at a time as there are `loaders`, while those before are being recorded and others are being extracted. Of the
 * loads that bring products which no load of this run has set, only one at a time is under way.
 */
export function createDatabaseSink(
  run: Run,
  loaders: readonly Database[],
  recorder: Recorder,
  prepared: Pick<Sink, 'clock' | 'precedence'>,
): Sink {
  const idle = [...loaders];
  const loading = pLimit(idle.length);
  const settling = pLimit(1);
  const recordings = pLimit(1);
  // The first loaded warehouse that carries a product sets its attributes for the whole run.
  const settled = new Set<string>();
  const unsettled = ({ productos }: Snapshot): ProductoRow[] =>
    productos.filter(({ codigo }) => !settled.has(codigo));
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
      recordAlmacen(client, run.ejecucionId, tienda.id, { ...resumen, forzados, preciosCambiados });
    const writeAll = async (client: Queryable): Promise<void> => {
      if (await write(client)) await recordRechazos(client, run.ejecucionId, almacen.codigo, rechazos);
    };
    if (rechazos.length > 0) {
      try {
        const signal = recorder.limit();
        await withRetries(signal, () => withTransaction(recorder.database, writeAll, signal));
        return;
      } catch (error) {
        // What became of the warehouse does not depend on whether its refused rows can be kept.
        run.logger.warn('No se pudo anotar en la base ninguna fila rechazada', {
          almacen: almacen.codigo,
          motivo: toPipelineError(error).message,
        });
      }
    }
    // Without refused rows it is one statement, which needs no transaction around it and no two round trips for that.
    const signal = recorder.limit();
    await withRetries(signal, () => recorder.database.withConnection(write, signal));
  };

  const loadWith = async (database: Database, snapshot: Snapshot): Promise<LoadCounts | undefined> => {
    const productos = unsettled(snapshot);
    const counts = await loadAlmacen(
      database,
      { ...snapshot, productos },
      run.tunables.thresholds,
      run.deadline,
    );
    if (counts !== undefined) for (const { codigo } of productos) settled.add(codigo);
    return counts;
  };
  const withLoader = <T>(fn: (database: Database) => Promise<T>): Promise<T> =>
    loading(async () => {
      const database = idle.shift();
      if (database === undefined) throw new Error('there is a slot for every connection');
      try {
        return await fn(database);
      } finally {
        idle.unshift(database);
      }
    });

  return {
    clock: prepared.clock,
    precedence: prepared.precedence,
    load: (snapshot, timed) => {
      const load = (): Promise<LoadCounts | undefined> =>
        withLoader((database) => timed(() => loadWith(database, snapshot)));
      const bringsProducts = (): boolean => unsettled(snapshot).length > 0;
      return retryWhileBusy(snapshot.almacen, run.deadline.signal, async () => {
        if (!bringsProducts()) return load();
        // Whoever had to wait for the turn may find that another load brought them all.
        const turn = await settling(async () => (bringsProducts() ? { counts: await load() } : undefined));
        return turn === undefined ? load() : turn.counts;
      });
    },
    record: (job, { rechazos, ...processed }) => {
      // Taken at once: of the others nothing is held while the records before this one are written.
      const kept = takeRechazos(rechazos);
      return recordings(() => record(job, processed, kept)).catch((error: unknown) => {
        // The inventory is what counts: a record that could not be written is told by the log alone.
        run.logger.warn('No se pudo anotar el almacén en la base', {
          almacen: job.almacen.codigo,
          motivo: toPipelineError(error).message,
        });
      });
    },
  };
}
