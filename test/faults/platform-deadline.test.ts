import { beforeEach, describe, expect, it } from '@jest/globals';
import { databaseChecks } from '../../lambdas/core/diagnosis/check-database.ts';
import { runChain } from '../../lambdas/core/diagnosis/checklist.ts';
import { askDatabase } from '../../lambdas/core/run/question.ts';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import type { KlkBehaviour } from '../../local/klk-simulator/faults.ts';
import { startDeafListener } from './deaf-listener.ts';
import { questionContext } from '../support/world.ts';
import { askedOf, everywhere, outcomes } from './expectations.ts';
import { useWatchedWorld } from './watched-world.ts';

const world = await useWatchedWorld();
const { klk, settings } = world;
beforeEach(async () => {
  await world.reset();
  await world.run();
  klk.requests.splice(0);
  world.serveVersion(2);
});

/** Warehouses that have less than a second left are not started: the time counts from now, not from the request. */
function answeringIn(ms: number): KlkBehaviour {
  const at = performance.now() + ms;
  return (response, healthy) => {
    setTimeout(() => response.end(JSON.stringify(healthy)), at - performance.now());
  };
}

describe('A run whose deadline is near', () => {
  it('No further warehouse is started, and the next run begins with those left out', async () => {
    const [short] = await world.watch(async () => {
      klk.setFault('AAA', answeringIn(5_060));
      return [await world.start({ limitMs: 6_000, klk: { concurrency: 1, timeoutMs: 10_000 } })];
    });
    expect(outcomes(short?.resumen)).toEqual({ ...everywhere('SIN_TIEMPO'), AAA: 'cargado' });
    expect(short?.resumen?.estado).toBe('parcial');
    expect(askedOf(world)).toEqual(['AAA']);
    klk.setFault('AAA', undefined);
    expect((await world.run({ klk: { concurrency: 1 } })).estado).toBe('exitosa');
    expect(askedOf(world)).toEqual(['AAA', 'BBB', 'CCC', 'AAA']);
  });

  it('A warehouse whose answer does not come in time keeps its rows', async () => {
    klk.setFault('CCC', 'sin-cabeceras');
    const resumen = await world.run({ limitMs: 6_000, klk: { timeoutMs: 30_000 } });
    expect(outcomes(resumen)).toEqual({ AAA: 'cargado', BBB: 'cargado', CCC: 'SIN_TIEMPO' });
    expect(resumen.duracionMs).toBeLessThan(15_000);
  });

  it('A retry that would come after the deadline is not waited for', async () => {
    klk.setFault('CCC', { tipo: '503', retryAfter: '60' });
    const resumen = await world.run({ klk: { retries: 3 } });
    expect(outcomes(resumen)).toMatchObject({ CCC: 'KLK_SATURADA' });
    expect(resumen.duracionMs).toBeLessThan(10_000);
  });

  it('A load that waits for a lock is rolled back at the deadline', async () => {
    const blocker = world.database.query(
      `BEGIN; LOCK TABLE inventario_vigente IN EXCLUSIVE MODE; SELECT pg_sleep(8); ROLLBACK`,
    );
    const resumen = await world.run({ limitMs: 1_500 });
    await blocker;
    expect(outcomes(resumen)).toEqual(everywhere('SIN_TIEMPO'));
    expect(resumen.duracionMs).toBeLessThan(7_500);
  });

  it('KLK is not asked when there is no time left at the beginning', async () => {
    const resumen = await world.run({ limitMs: 900 });
    expect(outcomes(resumen)).toEqual(everywhere('SIN_TIEMPO'));
    expect(askedOf(world)).toEqual([]);
  });

  it('A run ends at its deadline when the database stops answering in the middle of a load', async () => {
    world.proxy.hold(/FOR UPDATE/);
    const [run] = await world.watch(async () => {
      const ended = await world.start({ limitMs: 1_500 });
      // The server would end its side within a minute.
      world.proxy.reset();
      return [ended];
    });
    expect(outcomes(run?.resumen)).toEqual(everywhere('SIN_TIEMPO'));
    expect(run?.resumen?.duracionMs).toBeLessThan(15_000);
    expect((await world.run()).estado).toBe('exitosa');
  });
});

describe('A question whose time is up', () => {
  const contextWith = (limitMs: number): ReturnType<typeof questionContext> => ({
    ...questionContext(settings),
    deadline: deadlineIn(limitMs),
  });

  it.each([
    ['before it begins', 0],
    ['while the database works on it', 400],
  ])('A question fails with SIN_TIEMPO when its time is up %s', async (_when, limitMs) => {
    const asking = askDatabase(contextWith(limitMs), (client) => client.query('SELECT pg_sleep(3)'));
    await expect(asking).rejects.toMatchObject({ codigo: 'SIN_TIEMPO' });
  });

  it('A diagnosis fails with SIN_TIEMPO at the step at which its time is up', async () => {
    const deaf = await startDeafListener();
    const readDatabaseSettings = (): Promise<typeof settings> =>
      Promise.resolve({ ...settings, port: deaf.port });
    const pasos = await runChain(databaseChecks({ ...contextWith(400), readDatabaseSettings }), {
      program: 'etl',
    });
    await deaf.close();
    expect(pasos).toMatchObject([
      { paso: 'bd-tcp', estado: 'falla', detalle: expect.stringContaining('SIN_TIEMPO') },
      { paso: 'bd-tls', estado: 'omitido' },
      { paso: 'bd-acceso', estado: 'omitido' },
    ]);
  });
});
