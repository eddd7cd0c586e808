import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from '@jest/globals';
import { HEADER_CANARY } from '../support/world.ts';
import { DIED } from './invariants.ts';
import type { Ended } from './invariants.ts';
import type { RunOfVentas } from './run-process.ts';
import type { WatchedWorld } from './watched-world.ts';

/** A run in a process of its own, that signals can reach. */
export interface ChildRun {
  /** Lets it begin. */
  go(): void;
  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void;
  /** Resolves when the process has ended, by itself or not; its output is printed here. */
  readonly exited: Promise<void>;
}

/** Starts the process; it waits for `go` with everything loaded, so that a moment after it is a moment of the run. */
export async function startChildRun(
  { klk, settings }: Pick<WatchedWorld, 'klk' | 'settings'>,
  port: number = settings.port,
  ventas?: RunOfVentas,
): Promise<ChildRun> {
  const systems = {
    klkUrl: klk.baseUrl,
    headers: { 'x-clave': HEADER_CANARY },
    database: { ...settings, port },
    ventas,
  };
  const child = spawn(process.execPath, [fileURLToPath(new URL('run-process.ts', import.meta.url))], {
    env: { RUN_SYSTEMS: JSON.stringify(systems) },
  });
  const outputs = [child.stdout, child.stderr].map(collect);
  const exited = once(child, 'close').then(() => {
    // A line that was cut off when the process died is left out.
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

/** A world whose runs may be killed; `Run` is the result of a run. */
export interface Mortal<Run> extends Pick<WatchedWorld, 'database' | 'settings' | 'klk'> {
  /** The result of a run whose process was killed. */
  readonly died: Run;
  /** Longer than a run takes, so that a few kills come after its end. */
  readonly withinMs: number;
  reset(): Promise<void>;
  /** One healthy run, watched. */
  run(): Promise<{ readonly estado: string }>;
  /** KLK has something new from now on. */
  change(version: number): void;
  /** One run without the checks, for `watch`. */
  start(): Promise<Run>;
  startChild(): Promise<ChildRun>;
  watch(fn: () => Promise<readonly Run[]>): Promise<unknown>;
}

/** The runs of the inventory. */
export const mortalInventory = (world: WatchedWorld): Mortal<Ended> => ({
  ...world,
  died: DIED,
  withinMs: 250,
  run: () => world.run(),
  change: (version) => {
    world.serveVersion(version);
  },
  start: () => world.start(),
  startChild: () => startChildRun(world),
});

/** After so many the tables start anew: the check of the whole history grows with it. */
const RESET_AFTER = 10;

/**
 * Kills the processes of so many runs, each at a random moment; each time the invariants must hold, and the next run must load and close
 * the dead run's row. Returns how many of them died in the middle of a transaction that writes.
 */
export const killProcesses = <Run>(world: Mortal<Run>, times: number): Promise<number> =>
  repeat(world, times, async (untilMoment) => {
    const child = await world.startChild();
    child.go();
    await untilMoment();
    child.signal('SIGKILL');
    await child.exited;
    return world.died;
  });

/** Ends all sessions of so many runs on the server, each at a random moment; the same holds, and is returned. */
export const killSessions = <Run>(world: Mortal<Run>, times: number): Promise<number> =>
  repeat(world, times, async (untilMoment) => {
    const running = world.start();
    await untilMoment();
    await killSessionsOf(world);
    return running;
  });

const SESSIONS = 'pg_stat_activity WHERE datname = current_database() AND usename = $1::text';

/** Ends every session of the pipeline's on the server. */
export async function killSessionsOf({
  database,
  settings,
}: Pick<WatchedWorld, 'database' | 'settings'>): Promise<void> {
  await database.query(`SELECT pg_terminate_backend(pid) FROM ${SESSIONS}`, [settings.user]);
}

async function repeat<Run>(
  world: Mortal<Run>,
  times: number,
  runAndKill: (untilMoment: () => Promise<void>) => Promise<Run>,
): Promise<number> {
  const { database, settings } = world;
  let writing = 0;
  for (let index = 0; index < times; index += 1) {
    if (index % RESET_AFTER === 0) {
      await world.reset();
      await world.run();
    }
    const delayMs = Math.random() * world.withinMs;
    try {
      // A version far from the one before would be suspect.
      world.change(2 + (index % RESET_AFTER));
      await world.watch(async () => [
        await runAndKill(async () => {
          await sleep(delayMs);
          const found = await database.query(`SELECT FROM ${SESSIONS} AND backend_xid IS NOT NULL`, [
            settings.user,
          ]);
          if (found.length > 0) writing += 1;
        }),
      ]);
      expect((await world.run()).estado).toBe('exitosa');
      expect(await database.query(`SELECT id FROM etl_ejecuciones WHERE fin IS NULL`)).toEqual([]);
    } catch (error) {
      throw new Error(`Kill ${index + 1} of ${times}, ${delayMs.toFixed(1)} ms after the start`, {
        cause: error,
      });
    }
  }
  return writing;
}
