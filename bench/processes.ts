import { fork } from 'node:child_process';
import type { ChildProcess, Serializable } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';
import * as unguarded from './unguarded.ts';

/** A program of this folder in a process of its own. */
export interface Program {
  /** Sends a message and resolves to the next answer. */
  ask(message: Serializable): Promise<unknown>;
  stop(): Promise<void>;
}

/** The heap of Node 24 in a container of 1,024 MB, like the Lambda's (measured with a cgroup), and the stack's young generation. */
const HEAP_OF_1024_MB = ['--max-old-space-size=512', '--max-semi-space-size=16'];

/** Starts the bundled loaders with the memory of the Lambda. */
export const startLoader = (file: string): Program => startProgram(file, HEAP_OF_1024_MB);

/** Starts `file`. Its log is discarded; its standard error is inherited. */
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

/** Replaces the pipeline's exported functions by those of the same names in `unguarded.ts`. */
export const UNGUARDED: Plugin = {
  name: 'unguarded',
  setup: (bundling) => {
    const replaced = new Set<string>();
    bundling.onLoad({ filter: /\/lambdas\/.*\.ts$/ }, async ({ path }) => {
      let contents = await readFile(path, 'utf8');
      for (const name of Object.keys(unguarded)) {
        const declaration = new RegExp(`^export ((async )?function) ${name}\\b`, 'm');
        if (!declaration.test(contents)) continue;
        replaced.add(name);
        contents = `${contents.replace(declaration, `$1 guarded_${name}`)}\nexport { ${name} } from ${JSON.stringify(sourceOf('unguarded.ts'))};\n`;
      }
      return { contents, loader: 'ts' };
    });
    bundling.onEnd(() => {
      const missing = Object.keys(unguarded).filter((name) => !replaced.has(name));
      if (missing.length > 0) throw new Error(`no function is called ${missing.join(', ')}`);
    });
  },
};

/** Bundles a program like the Lambda: stripping types at run time would need more memory. */
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
