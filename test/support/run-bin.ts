import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The Node that the project brings, whatever the machine has. */
const NODE = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url));

/** Compiled modules are shared by the commands of all tests: half of a short command's time is compiling. */
const COMPILE_CACHE = join(tmpdir(), 'inventario-klk-compilado');

/** How a command ended, and what it printed. */
export interface Finished {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Env = Readonly<Record<string, string>>;

/** Runs `bin/<program>.ts` as its npm script does, with these variables and no others of ours. */
export const runBin = (program: string, args: readonly string[], env: Env): Promise<Finished> =>
  run(NODE, [`bin/${program}.ts`, ...args], env);

/** Runs npm with these arguments in the project's folder. */
export const runNpm = (args: readonly string[], env: Env): Promise<Finished> => run('npm', args, env);

/** Starts `bin/<program>.ts` of a checkout, so that a test can read it, stop reading it, and send it signals. */
export function startBin(program: string, args: readonly string[], env: Env, root: string = ROOT): Started {
  const { PATH = '', HOME = '' } = process.env;
  return spawn(NODE, [`bin/${program}.ts`, ...args], {
    cwd: root,
    env: { PATH, HOME, NODE_COMPILE_CACHE: COMPILE_CACHE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** A command that runs. */
export type Started = ChildProcessByStdio<null, Readable, Readable>;

/** Runs a command as a shell takes it, in the project's folder or in another. */
export const runPasted = (command: string, env: Env, root: string = ROOT): Promise<Finished> =>
  run('bash', ['-c', command], env, root);

async function run(file: string, args: readonly string[], env: Env, root = ROOT): Promise<Finished> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(file, args, {
    cwd: root,
    env: { PATH, HOME, NODE_COMPILE_CACHE: COMPILE_CACHE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, closed] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  // -1: a signal ended it.
  return { status: typeof closed[0] === 'number' ? closed[0] : -1, stdout, stderr };
}
