import { fork } from 'node:child_process';
import type { ChildProcess, Serializable } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';

/** A program of this folder in a process of its own. */
export interface Program {
  /** Sends a message and resolves to the next answer. */
  ask(message: Serializable): Promise<unknown>;
  stop(): Promise<void>;
}

/** The heap that Node 24 takes in a container of 1,024 MB, which is what the Lambda has (tried with a memory cgroup), and the young objects' room that the stack gives it. */
const HEAP_OF_1024_MB = ['--max-old-space-size=512', '--max-semi-space-size=16'];

/** Starts the bundled loaders with the memory of the Lambda. */
export const startLoader = (file: string): Program => startProgram(file, HEAP_OF_1024_MB);

/** Starts `file`. Its log goes nowhere; what it says on standard error comes out here. */
export function startProgram(file: string, execArgv: readonly string[] = []): Program {
  const child = fork(file, { execArgv: [...execArgv], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  return {
    ask: async (message) => {
      child.send(message);
      return answerOf(child);
    },
    stop: async () => {
      const exited = once(child, 'exit');
      child.kill();
      await exited;
    },
  };
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const stop = new AbortController();
  const { signal } = stop;
  try {
    const messages: readonly unknown[] = await Promise.race([
      once(child, 'message', { signal }),
      once(child, 'exit', { signal }).then(() => {
        throw new Error(`a process of the benchmark died: ${child.spawnargs.join(' ')}`);
      }),
    ]);
    return messages[0];
  } finally {
    stop.abort();
  }
}

export const sourceOf = (program: string): string => fileURLToPath(new URL(program, import.meta.url));

/** Puts the modules of `unguarded/` in place of the pipeline's. */
export const UNGUARDED: Plugin = {
  name: 'unguarded',
  setup: (bundling) => {
    bundling.onResolve({ filter: /\/(guards|accept-snapshot|confirm-inventario)\.ts$/ }, ({ path }) => ({
      path: sourceOf(`unguarded/${basename(path)}`),
    }));
  },
};

/** Bundles a program as the Lambda is bundled: a process that strips types itself needs memory that the Lambda does not. */
export async function bundle(program: string, outfile: string, plugins: Plugin[] = []): Promise<void> {
  await build({
    entryPoints: [sourceOf(program)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    minify: true,
    mainFields: ['module', 'main'],
    external: ['pg-native'],
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    plugins,
    logLevel: 'warning',
  });
}
