import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { holdAnswer } from './klk-answers.ts';
import { everywhere, outcomes } from './expectations.ts';
import { holdAnswers, startLateRun, takeLockAway } from './late-run.ts';
import { ALMACENES } from './pipeline-run.ts';
import { useWatchedWorld } from './watched-world.ts';

const world = await useWatchedWorld();
const { database } = world;
beforeEach(async () => {
  await world.reset();
  await world.run();
});

const countDeadlocks = async (): Promise<unknown> =>
  (
    await database.query('SELECT deadlocks::integer FROM pg_stat_database WHERE datname = current_database()')
  )[0]?.['deadlocks'];

describe('Two runs that both believe to hold the run lock', () => {
  it('An older snapshot that comes late is refused: the newer one stays', async () => {
    const runs = await world.watch(async () => {
      world.serveVersion(2);
      const late = await startLateRun(world);
      world.serveVersion(3);
      const newer = await world.start();
      return [newer, await late.finish()];
    });
    const found = runs.map(({ resumen }) => outcomes(resumen));
    expect(found).toEqual([everywhere('cargado'), everywhere('SNAPSHOT_ANTIGUO')]);
  });

  it('Two loads at once of the same products end without a deadlock, and the newer snapshot stays', async () => {
    for (let round = 0; round < 5; round += 1) {
      await database.query(`UPDATE productos SET nombre = 'CAMBIADO'`);
      await world.watch(async () => {
        world.serveVersion(2);
        const late = await startLateRun(world);
        world.serveVersion(3);
        const answers = holdAnswers(world);
        const newer = world.start();
        await answers.asked;
        answers.release();
        return Promise.all([newer, late.finish()]);
      });
      await world.reset();
      await world.run();
    }
    expect(await countDeadlocks()).toBe(0);
  });
});

/** Runs once, and returns what waits until a warehouse has been loaded by another run. */
async function afterOneRun(): Promise<(almacen: string) => Promise<void>> {
  const { ejecucionId } = await world.run();
  return async (almacen) => {
    const loaded = `SELECT FROM (SELECT ejecucion_id FROM almacen_snapshots WHERE almacen_codigo = $1 ORDER BY extraccion DESC LIMIT 1) AS s
                     WHERE ejecucion_id <> $2`;
    while ((await database.query(loaded, [almacen, ejecucionId])).length === 0) await sleep(5);
  };
}

describe('Rows that another session has locked', () => {
  const ROW = 'SELECT FROM almacenes WHERE codigo = ANY ($1) FOR UPDATE';
  const INVENTORY = 'SELECT FROM inventario_vigente WHERE almacen_codigo = ANY ($1) FOR UPDATE';

  it.each([
    ['the row of one', ['AAA'], ROW],
    ['the rows of two', ['AAA', 'BBB'], ROW],
    ['the inventory of one', ['AAA'], INVENTORY],
    ['the inventories of two', ['AAA', 'BBB'], INVENTORY],
  ])('The other warehouses load meanwhile, and the locked ones afterwards: %s', async (_what, held, lock) => {
    const untilLoaded = await afterOneRun();
    const other = await database.openSession();
    await other.query('BEGIN');
    await other.query(lock, [held]);
    world.serveVersion(2);

    const [run] = await world.watch(async () => {
      const running = world.start();
      for (const almacen of ALMACENES.filter((codigo) => !held.includes(codigo))) await untilLoaded(almacen);
      await other.end();
      return [await running];
    });
    expect(outcomes(run?.resumen)).toEqual(everywhere('cargado'));
  });

  it('All warehouses fail with BD_BLOQUEO when a product stays locked, and the next run loads', async () => {
    const other = await database.openSession();
    await database.query(`UPDATE productos SET nombre = 'CAMBIADO' WHERE id = '000001'`);
    await other.query(`BEGIN; SELECT FROM productos WHERE id = '000001' FOR UPDATE`);
    world.serveVersion(2);
    const [run] = await world.watch(async () => {
      const ended = await world.start({ limitMs: 60_000 });
      await other.end();
      return [ended];
    });
    expect(outcomes(run?.resumen)).toEqual(everywhere('BD_BLOQUEO'));
    expect((await world.run()).estado).toBe('exitosa');
  });
});

describe('A run that loses the run lock', () => {
  it('A warehouse that waits delays no other, and fails with CANDADO_PERDIDO when the lock is lost', async () => {
    const untilLoaded = await afterOneRun();
    const other = await database.openSession();
    await other.query(`BEGIN; SELECT FROM inventario_vigente WHERE almacen_codigo = 'BBB' FOR UPDATE`);
    world.serveVersion(2);
    const [second, third] = [holdAnswer(), holdAnswer()];
    world.klk.setFault('BBB', second.behaviour, 1);
    world.klk.setFault('CCC', third.behaviour, 1);

    const [run] = await world.watch(async () => {
      const running = world.start();
      await untilLoaded('AAA');
      second.release();
      await database.untilSomebodyWaits();
      third.release();
      await untilLoaded('CCC');
      await takeLockAway(world);
      const ended = await running;
      await other.end();
      return [ended];
    });
    expect(outcomes(run?.resumen)).toEqual({ ...everywhere('cargado'), BBB: 'CANDADO_PERDIDO' });
  });

  it('A warehouse that KLK has not answered yet fails with CANDADO_PERDIDO', async () => {
    world.serveVersion(2);
    const answer = holdAnswer();
    world.klk.setFault('CCC', answer.behaviour, 1);
    const [run] = await world.watch(async () => {
      const running = world.start();
      await answer.asked;
      await takeLockAway(world);
      const ended = await running;
      answer.release();
      return [ended];
    });
    expect(outcomes(run?.resumen)).toMatchObject({ CCC: 'CANDADO_PERDIDO' });
  });
});
