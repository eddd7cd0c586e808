import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { codigo } from './klk-answers.ts';
import { startTcpHop } from '../support/network.ts';
import { OF_THE_LOCK, almacenOf, everywhere, outcomes } from './expectations.ts';
import { ONE_STORE } from './pipeline-run.ts';
import { SNAPSHOT_OF_AAA, forgetErrors, provokeError, slowDownCommit } from './provoked-error.ts';
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
  }, 300_000);

  it('A transaction that the server refused to serialize is repeated', async () => {
    await provokeError(database, SNAPSHOT_OF_AAA, '40001', 1);
    expect((await world.run()).estado).toBe('exitosa');
  });

  it('A transaction that the server ended because of a deadlock is repeated', async () => {
    const other = await database.openSession();
    // A session looks for deadlocks once, this long after it began to wait: the load, which waits first, finds this one.
    await database.query(`ALTER DATABASE ${world.settings.database} SET deadlock_timeout = '300ms'`);
    await other.query(`SET deadlock_timeout = '10s'`);
    await other.query('BEGIN');
    await other.query(`UPDATE productos SET nombre = 'OTRO' WHERE id = $1`, [codigo(1)]);
    await other.query('SAVEPOINT antes');
    // The load wants the product it finds changed.
    await database.query(`UPDATE productos SET nombre = 'CAMBIADO' WHERE id = $1`, [codigo(2)]);
    await other.query(`UPDATE productos SET nombre = 'OTRO' WHERE id = $1`, [codigo(2)]);

    const running = world.run();
    await database.untilSomebodyWaits();
    await other.query(`SELECT 1 FROM almacenes WHERE codigo = 'AAA' FOR UPDATE`);
    await other.query('ROLLBACK');
    await other.end();
    expect((await running).estado).toBe('exitosa');
    const [{ deadlocks } = {}] = await database.query(
      'SELECT deadlocks::integer FROM pg_stat_database WHERE datname = current_database()',
    );
    expect(deadlocks).toBe(1);
  });
});

/** Matches the first COMMIT of a load: of a transaction in which a warehouse's row was locked. */
function loadCommit(): (sql: string) => boolean {
  let state: 'waiting' | 'loading' | 'over' = 'waiting';
  return (sql) => {
    if (state === 'waiting' && sql.includes('FOR UPDATE')) state = 'loading';
    if (state !== 'loading' || sql !== 'COMMIT') return false;
    state = 'over';
    return true;
  };
}

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
    const isLoadCommit = loadCommit();
    let lost = false;
    proxy.cut(
      (sql) => (lost ||= isLoadCommit(sql)) && (sql === 'COMMIT' || sql.includes('FOR UPDATE')),
      'after',
    );
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
