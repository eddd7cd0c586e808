import { setTimeout as sleep } from 'node:timers/promises';
import { PipelineError } from '../../shared/errors.ts';
import { abortable } from '../deadline.ts';

/** As long as the server itself lets a statement wait for a lock. */
const GIVE_UP_AFTER_MS = 10_000;

const TRY_EVERY_MS = 200;

/**
 * Repeats the load of a warehouse while another session holds a row that it needs. Between two attempts it holds nothing for which the loads of
 * other warehouses wait.
 * @throws PipelineError `BD_BLOQUEO` when that is still so after ten seconds; whatever `load` threw; the signal's reason.
 */
export async function retryWhileBusy<T>(
  almacen: string,
  signal: AbortSignal,
  load: () => Promise<T | undefined>,
): Promise<T> {
  const end = performance.now() + GIVE_UP_AFTER_MS;
  for (;;) {
    const done = await load();
    if (done !== undefined) return done;
    if (performance.now() >= end) {
      throw new PipelineError('BD_BLOQUEO', `Otra sesión tiene bloqueadas filas que ${almacen} necesita`);
    }
    await abortable(signal, () => sleep(TRY_EVERY_MS, undefined, { signal }));
  }
}
