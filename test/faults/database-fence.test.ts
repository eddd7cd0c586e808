import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
import { existencias } from '../support/existencias.ts';
import { holdAnswer } from '../support/faulty-klk.ts';
import { holdAnswers, startLateRun, takeTurnAway } from '../support/late-run.ts';
import { untilSomebodyWaits } from '../support/lock-waits.ts';
import { ALMACENES } from '../support/pipeline-run.ts';
import { createScene } from '../support/run-harness.ts';
import type { Scene } from '../support/run-harness.ts';
import { outcomes } from './kept.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await createScene();
});
beforeEach(async () => {
  await scene.reset();
  await scene.run();
});
afterAll(() => scene.close());

const serveEverywhere = (version: number): void => {
  for (const almacen of ALMACENES) scene.serve(almacen, existencias(almacen, version));
};

const everywhere = (outcome: string): Record<string, string> =>
  Object.fromEntries(ALMACENES.map((almacen) => [almacen, outcome]));

describe('an old snapshot that comes late', () => {
  it('loads nothing over a newer one: safety rests on the fence, not on the turn', async () => {
    const { runs } = await scene.watch(async () => {
      serveEverywhere(2);
      const late = await startLateRun(scene);
      serveEverywhere(3);
      const newer = await scene.start();
      return [newer, await late.finish()];
    });
    const found = runs.map(({ resumen }) => (resumen === undefined ? {} : outcomes(resumen)));
    expect(found).toEqual([everywhere('cargado'), everywhere('SNAPSHOT_ANTIGUO')]);
  });
});

/** Runs once, and returns what waits until a warehouse has been loaded by another run. */
async function afterOneRun(): Promise<(almacen: string) => Promise<void>> {
  const { ejecucionId } = await scene.run();
  return async (almacen) => {
    const loaded = `SELECT FROM (SELECT ejecucion_id FROM almacen_snapshots WHERE almacen_codigo = $1 ORDER BY extraccion DESC LIMIT 1) AS s
                     WHERE ejecucion_id <> $2`;
    while ((await scene.database.query(loaded, [almacen, ejecucionId])).length === 0) await sleep(5);
  };
}

describe('a warehouse whose row or inventory another session holds', () => {
  it.each([
    [['AAA'], 'SELECT FROM almacenes WHERE codigo = ANY ($1) FOR UPDATE'],
    [['AAA', 'BBB'], 'SELECT FROM almacenes WHERE codigo = ANY ($1) FOR UPDATE'],
    [['AAA'], 'SELECT FROM inventario_vigente WHERE almacen_codigo = ANY ($1) FOR UPDATE'],
    [['AAA', 'BBB'], 'SELECT FROM inventario_vigente WHERE almacen_codigo = ANY ($1) FOR UPDATE'],
  ])('lets the others load meanwhile, and loads when they are free: %j, %s', async (held, lock) => {
    const untilLoaded = await afterOneRun();
    const other = new Client({ ...toClientConfig(scene.database.admin), application_name: 'pruebas' });
    await other.connect();
    await other.query('BEGIN');
    await other.query(lock, [held]);
    serveEverywhere(2);

    const { runs } = await scene.watch(async () => {
      const running = scene.start();
      for (const almacen of ALMACENES.filter((codigo) => !held.includes(codigo))) await untilLoaded(almacen);
      await other.end();
      return [await running];
    });
    const [resumen] = runs.map((run) => run.resumen);
    expect(resumen && outcomes(resumen)).toEqual(everywhere('cargado'));
  });
});

describe('a product that another session holds', () => {
  it('is waited for by nobody for longer than it takes to fail', async () => {
    const other = new Client({ ...toClientConfig(scene.database.admin), application_name: 'pruebas' });
    await other.connect();
    await scene.database.query(`UPDATE productos SET nombre = 'CAMBIADO' WHERE id = '000001'`);
    await other.query(`BEGIN; SELECT FROM productos WHERE id = '000001' FOR UPDATE`);
    serveEverywhere(2);
    const { runs } = await scene.watch(async () => {
      const ended = await scene.start({ limitMs: 60_000 });
      await other.end();
      return [ended];
    });
    const [resumen] = runs.map((run) => run.resumen);
    expect(resumen && outcomes(resumen)).toEqual(everywhere('BD_BLOQUEO'));
    expect((await scene.run()).estado).toBe('exitosa');
  }, 90_000);
});

describe('two warehouses of a run load at once', () => {
  it('so that one which waits holds up no other, and the loss of the turn ends it', async () => {
    const untilLoaded = await afterOneRun();
    const other = new Client({ ...toClientConfig(scene.database.admin), application_name: 'pruebas' });
    await other.connect();
    await other.query(`BEGIN; SELECT FROM inventario_vigente WHERE almacen_codigo = 'BBB' FOR UPDATE`);
    serveEverywhere(2);
    const [second, third] = [holdAnswer(), holdAnswer()];
    scene.klk.fail('BBB', second.behaviour, 1);
    scene.klk.fail('CCC', third.behaviour, 1);

    const { runs } = await scene.watch(async () => {
      const running = scene.start();
      await untilLoaded('AAA');
      second.release();
      await untilSomebodyWaits(scene.database);
      third.release();
      await untilLoaded('CCC');
      await takeTurnAway(scene);
      const ended = await running;
      await other.end();
      return [ended];
    });
    const [resumen] = runs.map((run) => run.resumen);
    expect(resumen && outcomes(resumen)).toEqual({ AAA: 'cargado', BBB: 'CANDADO_PERDIDO', CCC: 'cargado' });
  });
});

describe('two loads at once over shared products', () => {
  it('never deadlock, and the newer snapshot stays', async () => {
    for (let round = 0; round < 5; round += 1) {
      await scene.database.query(`UPDATE productos SET nombre = 'CAMBIADO'`);
      await scene.watch(async () => {
        serveEverywhere(2);
        const late = await startLateRun(scene);
        serveEverywhere(3);
        const answers = holdAnswers(scene);
        const newer = scene.start();
        await answers.asked;
        answers.release();
        return Promise.all([newer, late.finish()]);
      });
      await scene.reset();
      await scene.run();
    }
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
      await takeTurnAway(scene);
      const ended = await running;
      answer.release();
      return [ended];
    });
    const [resumen] = runs.map((run) => run.resumen);
    expect(resumen === undefined ? {} : outcomes(resumen)).toMatchObject({ CCC: 'CANDADO_PERDIDO' });
  });
});
