import { PipelineError } from '../../lambdas/core/errors/errors.ts';

/** Exit statuses of a program that a signal ended, as shells have them. */
const STATUSES = { SIGINT: 130, SIGTERM: 143 } as const;

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** The terminal and npm both send one Ctrl-C: a second signal within this time is the same press. */
const SAME_PRESS_MS = 500;

/** Thrown when a signal ended the work early, after a line that says so was printed. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly status: number;

  constructor(status: number) {
    super('interrupted');
    this.status = status;
  }
}

/**
 * Runs `fn`. The first Ctrl-C (or SIGTERM) aborts its signal, and `fn` ends by itself; a second one ends the process at once. SIGHUP
 * (the terminal closed) ends nothing.
 * @throws Interrupted after `fn` has ended, if its signal was aborted.
 */
export async function interruptible<T>(fn: (interrupted: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const statuses: number[] = [];
  let first = 0;
  const interrupt = (signal: keyof typeof STATUSES): void => {
    if (controller.signal.aborted) {
      if (performance.now() - first > SAME_PRESS_MS) process.exit(STATUSES[signal]);
      return;
    }
    first = performance.now();
    statuses.push(STATUSES[signal]);
    controller.abort(new PipelineError('INTERRUMPIDA', 'La ejecución se interrumpió a mano'));
    process.stderr.write('Interrumpido: se cierra lo que está a medias; otro Ctrl-C termina sin esperar.\n');
  };
  const ignore = (): void => undefined;
  for (const signal of SIGNALS) process.on(signal, interrupt);
  process.on('SIGHUP', ignore);
  const [outcome] = await Promise.allSettled([fn(controller.signal)]);
  for (const signal of SIGNALS) process.off(signal, interrupt);
  process.off('SIGHUP', ignore);
  const [status] = statuses;
  if (status !== undefined) throw new Interrupted(status);
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}
