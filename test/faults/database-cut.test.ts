import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { codigo } from './klk-answers.ts';
import { startTcpHop } from '../support/network.ts';
import { OF_THE_LOCK, almacenOf, everywhere, outcomes } from './expectations.ts';
import { ONE_STORE } from './pipeline-run.ts';
import {
  SNAPSHOT_OF_AAA,
  forgetErrors,
  loadCommit,
  loadCommitAndReadBack,
  provokeDeadlock,
  provokeError,
  slowDownCommit,
} from './provoked-error.ts';
import { useWatchedWorld } from './watched-world.ts';

afterEach(() => forgetErrors(world.database));
const world = await useWatchedWorld();
const { database, proxy } = world;
beforeEach(async () => {
  await world.reset();
  await world.run();
  proxy.reset();
  world.serveVersion(2, ['AAA']);
});

describe('A transaction that the server or the network interrupts', () => {
  it('A run loads although it loses its session before or after any statement, unless that session holds its lock', async () => {
    await world.run(ONE_STORE);
    const { length } = proxy.statements();
    expect(length).toBeGreaterThan(20);
    for (let n = 1; n <= length; n += 1) {
      for (const side of ['before', 'after'] as const) {
        proxy.reset();
        proxy.cut(n, side);
        world.serveVersion(2 + n, ['AAA']);
        const resumen = await world.run(ONE_STORE);
        const sql = proxy.statements()[n - 1] ?? '';
        const mayLose = OF_THE_LOCK.test(sql) ? ['CANDADO_PERDIDO', 'BD_CONEXION_PERDIDA'] : [];
        const { AAA: outcome } = outcomes(resumen);
        expect({ side, sql, expected: ['cargado', ...mayLose] }).toEqual({
          side,
          sql,
          expected: expect.arrayContaining([outcome]),
        });
      }
    }
    expect((await world.run()).estado).toBe('exitosa');
  });

  it('A transaction that the server refused to serialize is repeated', async () => {
    await provokeError(database, SNAPSHOT_OF_AAA, '40001', 1);
    expect((await world.run()).estado).toBe('exitosa');
  });

  it('A transaction that the server ended because of a deadlock is repeated', async () => {
    // The load wants the product it finds changed.
    await database.query(`UPDATE productos SET nombre = 'CAMBIADO' WHERE id = $1`, [codigo(2)]);
    const resumen = await provokeDeadlock(
      database,
      {
        first: `SELECT FROM productos WHERE id IN ('${codigo(1)}', '${codigo(2)}') FOR UPDATE`,
        second: `SELECT FROM almacenes WHERE codigo = 'AAA' FOR UPDATE`,
      },
      () => world.run(),
    );
    expect(resumen.estado).toBe('exitosa');
  });
});

describe('A COMMIT whose answer is lost', () => {
  it.each(['before', 'after'] as const)(
    'The run finds out whether it happened, and loads once: cut %s it',
    async (side) => {
      proxy.cut(loadCommit(), side);
      expect(outcomes(await world.run())).toEqual(everywhere('cargado'));
    },
  );

  it('The run waits for a COMMIT that is still under way', async () => {
    // Far longer than the wait before the next attempt, so that the COMMIT is still under way then.
    await slowDownCommit(database, SNAPSHOT_OF_AAA, 2_000);
    const hop = await startTcpHop(world.settings);
    const isLoadCommit = loadCommit();
    // The connection that loads is the first that a run of one warehouse makes.
    proxy.hold((sql) => {
      if (isLoadCommit(sql)) setTimeout(() => hop.connections[0]?.cut(), 100);
      return false;
    });
    const resumen = await world.run({ ...ONE_STORE, database: { port: hop.port } });
    await hop.close();
    expect(outcomes(resumen)).toEqual({ AAA: 'cargado' });
    expect(almacenOf(resumen, 'AAA').ms.carga).toBeGreaterThan(2_000);
    // The load's own lock, and that of the connection that read back.
    expect(proxy.statements().filter((sql) => sql.includes('FOR UPDATE'))).toHaveLength(2);
  });

  it('The warehouse fails with COMMIT_INCIERTO when the run cannot find out, and the next run loads it', async () => {
    proxy.cut(loadCommitAndReadBack(), 'after');
    expect(outcomes(await world.run(ONE_STORE))).toEqual({ AAA: 'COMMIT_INCIERTO' });
    proxy.reset();
    expect((await world.run()).estado).toBe('exitosa');
  });
});

it('A reader sees no mixture of old and new rows while a load over a slow network lasts', async () => {
  proxy.delayMs = 60;
  const resumen = await world.run();
  expect(outcomes(resumen)).toEqual(everywhere('cargado'));
  // Three round trips at the least, with nothing but waiting in between.
  expect(almacenOf(resumen, 'AAA').ms.carga).toBeGreaterThanOrEqual(180);
});
