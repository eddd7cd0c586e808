import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { runChain } from '../../lambdas/core/diagnosis/checklist.ts';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import { askDatabase } from '../../lambdas/core/run/question.ts';
import { databaseChecks } from '../../lambdas/core/diagnosis/check-database.ts';
import { startDeafListener } from '../support/deaf-listener.ts';
import { existencias } from '../support/existencias.ts';
import { simulated } from '../support/faulty-klk.ts';
import type { Behaviour } from '../support/faulty-klk.ts';
import { ALMACENES, createRun } from '../support/pipeline-run.ts';
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
  scene.klk.requests = [];
  for (const almacen of ALMACENES) scene.serve(almacen, existencias(almacen, 2));
});
afterAll(() => scene.close());

/** Warehouses that have less than a second left are not started: it is reckoned from now, however long the run takes to ask. */
function answeringIn(ms: number): Behaviour {
  const at = performance.now() + ms;
  return (response, healthy) => {
    setTimeout(() => response.end(JSON.stringify(healthy)), at - performance.now());
  };
}

const asked = (): string[] => scene.klk.requests.map(({ almacen }) => almacen);

describe('deadline near', () => {
  it('starts no new warehouse, and the next run begins with what was left out', async () => {
    scene.klk.fail('AAA', answeringIn(5_060));
    const short = await scene.run({ limitMs: 6_000, klk: { concurrency: 1, timeoutMs: 10_000 } });
    expect(outcomes(short)).toEqual({ AAA: 'cargado', BBB: 'SIN_TIEMPO', CCC: 'SIN_TIEMPO' });
    expect(short.estado).toBe('parcial');
    expect(asked()).toEqual(['AAA']);
    scene.klk.fail('AAA', undefined);
    expect((await scene.run({ klk: { concurrency: 1 } })).estado).toBe('exitosa');
    expect(asked()).toEqual(['AAA', 'BBB', 'CCC', 'AAA']);
  });

  it('gives up a warehouse whose answer does not come in time, and keeps its rows', async () => {
    scene.klk.fail('CCC', simulated('sin-cabeceras'));
    const resumen = await scene.run({ limitMs: 6_000, klk: { timeoutMs: 30_000 } });
    expect(outcomes(resumen)).toEqual({ AAA: 'cargado', BBB: 'cargado', CCC: 'SIN_TIEMPO' });
    expect(resumen.duracionMs).toBeLessThan(15_000);
  });

  it('does not wait for a retry that would come too late', async () => {
    scene.klk.fail('CCC', simulated({ tipo: '503', retryAfter: '60' }));
    const resumen = await scene.run({ klk: { retries: 3 } });
    expect(outcomes(resumen)).toMatchObject({ CCC: 'KLK_SATURADA' });
    expect(resumen.duracionMs).toBeLessThan(10_000);
  });

  it('rolls back a load that somebody holds up, and says so in time', async () => {
    const blocker = scene.database.query(
      `BEGIN; LOCK TABLE inventario_vigente IN EXCLUSIVE MODE; SELECT pg_sleep(8); ROLLBACK`,
    );
    const resumen = await scene.run({ limitMs: 1_500 });
    await blocker;
    expect(outcomes(resumen)).toEqual({ AAA: 'SIN_TIEMPO', BBB: 'SIN_TIEMPO', CCC: 'SIN_TIEMPO' });
    expect(resumen.duracionMs).toBeLessThan(7_500);
  });

  it('asks nothing at all when there is no time left to begin with', async () => {
    const resumen = await scene.run({ limitMs: 900 });
    expect(outcomes(resumen)).toEqual({ AAA: 'SIN_TIEMPO', BBB: 'SIN_TIEMPO', CCC: 'SIN_TIEMPO' });
    expect(asked()).toEqual([]);
  });

  it('ends with a database that falls silent in the middle of a load', async () => {
    scene.proxy.hold(/FOR UPDATE/);
    const { runs } = await scene.watch(async () => {
      const ended = await scene.start({ limitMs: 1_500 });
      // The server would end its side within a minute.
      scene.proxy.reset();
      return [ended];
    });
    const resumen = runs[0]?.resumen;
    expect(resumen === undefined ? {} : outcomes(resumen)).toEqual({
      AAA: 'SIN_TIEMPO',
      BBB: 'SIN_TIEMPO',
      CCC: 'SIN_TIEMPO',
    });
    expect(resumen?.duracionMs).toBeLessThan(15_000);
    expect((await scene.run()).estado).toBe('exitosa');
  });
});

describe('a question whose time is up', () => {
  const systemsWith = (limitMs: number): Parameters<typeof askDatabase>[0] => ({
    readDatabaseSettings: () => Promise.resolve(scene.settings),
    readTunables: () => createRun({ klkUrl: scene.klk.url, database: scene.settings }).tunables,
    deadline: deadlineIn(limitMs),
  });

  it.each([
    ['before it begins', 0],
    ['while the database works on it', 400],
  ])('says SIN_TIEMPO %s', async (_when, limitMs) => {
    const asking = askDatabase(systemsWith(limitMs), (client) => client.query('SELECT pg_sleep(3)'));
    await expect(asking).rejects.toMatchObject({ codigo: 'SIN_TIEMPO' });
  });

  it('says so too when it ends while a diagnosis waits for a server', async () => {
    const deaf = await startDeafListener();
    const settings = { ...scene.settings, port: deaf.port };
    const systems = { ...systemsWith(400), readDatabaseSettings: () => Promise.resolve(settings) };
    const pasos = await runChain(databaseChecks(systems), { program: 'etl' });
    await deaf.close();
    expect(pasos).toMatchObject([
      { paso: 'bd-tcp', estado: 'falla', detalle: expect.stringContaining('SIN_TIEMPO') },
      { paso: 'bd-tls', estado: 'omitido' },
      { paso: 'bd-acceso', estado: 'omitido' },
    ]);
  });
});
