import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';

/** A run in a process of its own, that signals can reach. */
export interface ChildRun {
  /** Lets it begin. */
  go(): void;
  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void;
  /** It is over, by itself or not; what it printed is printed here. */
  readonly exited: Promise<void>;
}

/** Starts the process; it waits for `go` with everything loaded, so that a moment after it is a moment of the run. */
export async function startChildRun(klkUrl: URL, database: DatabaseSettings): Promise<ChildRun> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('run-child.ts', import.meta.url))], {
    env: { RUN_ORDER: JSON.stringify({ klkUrl, database }) },
  });
  const outputs = [child.stdout, child.stderr].map(collect);
  const exited = once(child, 'close').then(() => {
    // A line that death cut off is no line.
    for (const output of outputs) process.stdout.write(output().replace(/[^\n]*$/, ''));
  });
  await once(child.stdout, 'data');
  return {
    go: () => void child.stdin.write('\n'),
    signal: (name) => void child.kill(name),
    exited,
  };
}

function collect(stream: Readable): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return () => text;
}
