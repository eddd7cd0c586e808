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
import type { ProductoRow } from './transform/rows.ts';

/** Refused rows kept per run, at most: they are evidence, not an archive. */
const MAX_RECHAZOS = 1_000;

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
  let rechazosLeft = MAX_RECHAZOS;

  const record = async (
    { tienda, almacen }: Job,
    { resumen, rechazos, forzados }: Processed,
  ): Promise<void> => {
    const kept = rechazos.slice(0, rechazosLeft);
    rechazosLeft -= kept.length;
    const write = async (client: Queryable): Promise<void> => {
      const fresh = await recordAlmacen(client, run.ejecucionId, tienda.id, resumen, forzados);
      if (fresh && kept.length > 0) await recordRechazos(client, run.ejecucionId, almacen.codigo, kept);
    };
    // Without refused rows it is one statement, which needs no transaction around it and no two round trips for that.
    const signal = recorder.limit();
    await withRetries(signal, () =>
      kept.length === 0
        ? recorder.database.withConnection(write, signal)
        : withTransaction(recorder.database, write, signal),
    );
  };

  const loadWith = async (database: Database, snapshot: Snapshot): Promise<LoadCounts | undefined> => {
    const productos = unsettled(snapshot);
    const counts = await loadAlmacen(database, { ...snapshot, productos }, run.tunables.rules, run.deadline);
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
    record: (job, processed) =>
      recordings(() => record(job, processed)).catch((error: unknown) => {
        // The inventory is what counts: a record that could not be written is told by the log alone.
        run.logger.warn('No se pudo anotar el almacén en la base', {
          almacen: job.almacen.codigo,
          motivo: toPipelineError(error).message,
        });
      }),
  };
}
