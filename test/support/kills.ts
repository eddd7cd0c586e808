import { expect } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChildRun } from './child-run.ts';
import { existencias } from './existencias.ts';
import { ALMACENES } from './pipeline-run.ts';
import type { Ended, Scene } from './run-harness.ts';

/** Longer than a run takes, so that a few kills come after its end. */
const WITHIN_MS = 250;

/** After so many the tables start anew: the check of the whole history grows with it. */
const RESET_AFTER = 10;

/** Of a process that was killed nothing is known; of its time neither. */
export const DIED: Ended = { resumen: undefined, thrown: undefined, elapsedMs: 0, limitMs: 1 };

/** A run that was killed, and whether it had written something that it had not committed. */
interface Killed {
  readonly ended: Ended;
  readonly wasWriting: boolean;
}

/**
 * Kills the process of so many runs, each at a random moment; every time the invariants hold and the next run loads and tidies up.
 * Returns how many of them died in the middle of a transaction that writes.
 */
export function killProcesses(scene: Scene, times: number): Promise<number> {
  return repeat(scene, times, async (delayMs) => {
    const child = await startChildRun(scene.klk.url, scene.settings);
    child.go();
    await sleep(delayMs);
    const wasWriting = await isWriting(scene);
    child.signal('SIGKILL');
    await child.exited;
    return { ended: DIED, wasWriting };
  });
}

/** Ends all sessions of so many runs on the server, each at a random moment; the same holds, and is returned. */
export function killSessions(scene: Scene, times: number): Promise<number> {
  return repeat(scene, times, async (delayMs) => {
    const running = scene.start();
    await sleep(delayMs);
    const wasWriting = await isWriting(scene);
    await killSessionsOf(scene);
    return { ended: await running, wasWriting };
  });
}

const SESSIONS = 'pg_stat_activity WHERE datname = current_database() AND usename = $1::text';

/** Whether any session of the pipeline's is in a transaction that has written or locked a row. */
async function isWriting({ database, settings }: Scene): Promise<boolean> {
  const writing = `SELECT FROM ${SESSIONS} AND backend_xid IS NOT NULL`;
  return (await database.query(writing, [settings.user])).length > 0;
}

/** Ends every session of the pipeline's on the server. */
export async function killSessionsOf({ database, settings }: Scene): Promise<void> {
  await database.query(`SELECT pg_terminate_backend(pid) FROM ${SESSIONS}`, [settings.user]);
}

async function repeat(
  scene: Scene,
  times: number,
  kill: (delayMs: number) => Promise<Killed>,
): Promise<number> {
  let writing = 0;
  for (let index = 0; index < times; index += 1) {
    if (index % RESET_AFTER === 0) {
      await scene.reset();
      await scene.run();
    }
    const delayMs = Math.random() * WITHIN_MS;
    try {
      for (const almacen of ALMACENES) scene.serve(almacen, existencias(almacen, 2 + index));
      await scene.watch(async () => {
        const { ended, wasWriting } = await kill(delayMs);
        if (wasWriting) writing += 1;
        return [ended];
      });
      expect((await scene.run()).estado).toBe('exitosa');
      expect(await scene.database.query(`SELECT id FROM etl_ejecuciones WHERE fin IS NULL`)).toEqual([]);
    } catch (error) {
      throw new Error(`Kill ${index + 1} of ${times}, ${delayMs.toFixed(1)} ms after the start`, {
        cause: error,
      });
    }
  }
  return writing;
}
