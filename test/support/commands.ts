import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The Node that the project brings, whatever the machine has. */
const NODE = join(ROOT, 'node_modules/.bin/node');

/** Compiled modules are shared by the commands of all tests: half of a short command's time is compiling. */
const COMPILE_CACHE = join(tmpdir(), 'inventario-klk-compilado');

/** How a command ended, and what it printed. */
export interface Finished {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type Env = Readonly<Record<string, string>>;

/** A command that runs. */
export type Started = ChildProcessByStdio<null, Readable, Readable>;

/** Runs `bin/<program>.ts` as its npm script does, with these variables and no others of ours. */
export const runBin = (program: string, args: readonly string[], env: Env): Promise<Finished> =>
  finish(startBin(program, args, env));

/** Starts it, so that a test can read it, stop reading it, and send it signals. */
export const startBin = (program: string, args: readonly string[], env: Env, root?: string): Started =>
  start(NODE, [`bin/${program}.ts`, ...args], env, root);

/** Runs a command as a shell takes it, in the project's folder or in another. */
export const runPasted = (command: string, env: Env, root?: string): Promise<Finished> =>
  finish(start('bash', ['-c', command], env, root));

function start(file: string, args: readonly string[], env: Env, root = ROOT): Started {
  const { PATH = '', HOME = '' } = process.env;
  return spawn(file, args, {
    cwd: root,
    env: { PATH, HOME, NODE_COMPILE_CACHE: COMPILE_CACHE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function finish(child: Started): Promise<Finished> {
  const [stdout, stderr, closed] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  // -1: a signal ended it.
  return { status: typeof closed[0] === 'number' ? closed[0] : -1, stdout, stderr };
}

/** What the commands need of the project. */
const PARTS = ['bin', 'lambdas', 'local', 'migrations', 'web', 'package.json', 'tsconfig.json'];

/**
 * Copies the working tree's code, with a `.local` of its own and the packages shared, so that `npm run local` does not touch the data of
 * the working tree.
 */
export async function createCheckout(): Promise<{ readonly root: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'inventario-klk-copia-'));
  // PostgreSQL does not run as root, and its own user must be able to enter.
  await chmod(folder, 0o755);
  const root = join(folder, 'inventario-klk');
  await mkdir(root);
  await Promise.all(PARTS.map((part) => cp(join(ROOT, part), join(root, part), { recursive: true })));
  await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  return { root, remove: () => rm(folder, { recursive: true }) };
}
