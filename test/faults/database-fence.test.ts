import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { existencias } from '../support/existencias.ts';
import { holdAnswer } from '../support/faulty-klk.ts';
import type { HeldAnswer } from '../support/faulty-klk.ts';
import { ALMACENES } from '../support/pipeline-run.ts';
import { createScene } from '../support/run-harness.ts';
import type { Ended, Scene } from '../support/run-harness.ts';
import { startTcpHop } from '../support/tcp-hop.ts';
import type { TcpHop } from '../support/tcp-hop.ts';
import { outcomes } from './kept.ts';

let scene: Scene;
let hop: TcpHop;
beforeAll(async () => {
  scene = await createScene();
});
beforeEach(async () => {
  await scene.reset();
  await scene.run();
  hop = await startTcpHop({ host: '127.0.0.1', port: scene.proxy.port });
});
afterAll(() => scene.close());

const serveEverywhere = (version: number): void => {
  for (const almacen of ALMACENES) scene.serve(almacen, existencias(almacen, version));
};

/** Ends the session that holds the turn, as the server does with one that is silent for too long. */
const takeTurnAway = (): Promise<unknown> =>
  scene.database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_locks
      WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );

/** A run that has asked KLK for version 2 of everything, and whose turn the server has given up without its knowing. */
async function startLateRun(): Promise<{ late: Promise<Ended>; answers: readonly HeldAnswer[] }> {
  serveEverywhere(2);
  const answers = ALMACENES.map((almacen) => {
    const answer = holdAnswer();
    scene.klk.fail(almacen, answer.behaviour, 1);
    return answer;
  });
  const late = scene.start({
    readDatabaseSettings: () => Promise.resolve({ ...scene.settings, port: hop.port }),
  });
  await Promise.all(answers.map(({ asked }) => asked));
  // The pipeline's connection is the first, that of its turn the second.
  hop.connections[1]?.freeze();
  await takeTurnAway();
  return { late, answers };
}

describe('an old snapshot that comes late', () => {
  it('loads nothing over a newer one: safety rests on the fence, not on the turn', async () => {
    const { runs } = await scene.watch(async () => {
      const { late, answers } = await startLateRun();
      serveEverywhere(3);
      const newer = await scene.start();
      for (const answer of answers) answer.release();
      return [newer, await late];
    });
    await hop.close();
    const [newer, late] = runs.map(({ resumen }) => (resumen === undefined ? {} : outcomes(resumen)));
    expect(newer).toEqual({ AAA: 'cargado', BBB: 'cargado', CCC: 'cargado' });
    expect(late).toEqual({ AAA: 'SNAPSHOT_ANTIGUO', BBB: 'SNAPSHOT_ANTIGUO', CCC: 'SNAPSHOT_ANTIGUO' });
  });
});

describe('two loads at once over shared products', () => {
  it('never deadlock, and the newer snapshot stays', async () => {
    for (let round = 0; round < 5; round += 1) {
      await scene.database.query(`UPDATE productos SET nombre = 'CAMBIADO'`);
      await scene.watch(async () => {
        const { late, answers } = await startLateRun();
        serveEverywhere(3);
        const newer = scene.start();
        for (const answer of answers) answer.release();
        return Promise.all([newer, late]);
      });
      await hop.close();
      hop = await startTcpHop({ host: '127.0.0.1', port: scene.proxy.port });
      await scene.reset();
      await scene.run();
    }
    await hop.close();
    const [{ deadlocks } = {}] = await scene.database.query(
      'SELECT deadlocks::integer FROM pg_stat_database WHERE datname = current_database()',
    );
    expect(deadlocks).toBe(0);
  });
});

describe('the session that holds the turn is lost', () => {
  it('ends the run: what is not loaded yet fails with CANDADO_PERDIDO', async () => {
    serveEverywhere(2);
    const answer = holdAnswer();
    scene.klk.fail('CCC', answer.behaviour, 1);
    const { runs } = await scene.watch(async () => {
      const running = scene.start();
      await answer.asked;
      await takeTurnAway();
      const ended = await running;
      answer.release();
      return [ended];
    });
    await hop.close();
    const [resumen] = runs.map((run) => run.resumen);
    expect(resumen === undefined ? {} : outcomes(resumen)).toMatchObject({ CCC: 'CANDADO_PERDIDO' });
  });
});
