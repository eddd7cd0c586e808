import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
import { codigo, existencias } from '../support/existencias.ts';
import { untilSomebodyWaits } from '../support/lock-waits.ts';
import { TIENDAS } from '../support/pipeline-run.ts';
import { forgetErrors, provokeError, slowDownCommit } from '../support/provoked-error.ts';
import { createScene } from '../support/run-harness.ts';
import type { Scene } from '../support/run-harness.ts';
import { startTcpHop } from '../support/tcp-hop.ts';
import { almacenOf, outcomes } from './kept.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await createScene();
});
beforeEach(async () => {
  await scene.reset();
  await scene.run();
  scene.proxy.reset();
  scene.serve('AAA', existencias('AAA', 2));
});
afterEach(() => forgetErrors(scene.database));
afterAll(() => scene.close());

/** One warehouse: the statements of two such runs are the same. */
const ONE = { tiendas: TIENDAS.slice(0, 1) };

describe('session killed before or after any statement; deadlock (40P01); serialization (40001)', () => {
  it('loads all the same, whichever statement of a run loses its session, before or after', async () => {
    await scene.run(ONE);
    const statements = scene.proxy.statements();
    expect(statements.length).toBeGreaterThan(20);
    for (const [index, sql] of statements.entries()) {
      for (const side of ['cutBefore', 'cutAfter'] as const) {
        scene.proxy.reset();
        scene.proxy[side](index + 1);
        scene.serve('AAA', existencias('AAA', 3 + index));
        expect({ side, sql, estado: (await scene.run(ONE)).estado }).toEqual({
          side,
          sql,
          estado: 'exitosa',
        });
      }
    }
  }, 120_000);

  it('repeats a transaction that the server refused to serialize', async () => {
    await provokeError(scene.database, 'AAA', '40001', 1);
    expect((await scene.run()).estado).toBe('exitosa');
  });

  it('repeats a transaction that another session drew into a deadlock', async () => {
    const other = new Client({ ...toClientConfig(scene.database.admin), application_name: 'pruebas' });
    await other.connect();
    // A session looks for deadlocks once, this long after it began to wait: the load, which waits first, finds this one.
    await scene.database.query(`ALTER DATABASE ${scene.settings.database} SET deadlock_timeout = '300ms'`);
    await other.query(`SET deadlock_timeout = '10s'`);
    await other.query('BEGIN');
    await other.query(`UPDATE productos SET nombre = 'OTRO' WHERE id = $1`, [codigo(1)]);
    await other.query('SAVEPOINT antes');
    // The load wants the product it finds changed.
    await scene.database.query(`UPDATE productos SET nombre = 'CAMBIADO' WHERE id = $1`, [codigo(2)]);
    await other.query(`UPDATE productos SET nombre = 'OTRO' WHERE id = $1`, [codigo(2)]);

    const running = scene.run();
    await untilSomebodyWaits(scene.database);
    await other.query(`SELECT 1 FROM almacenes WHERE codigo = 'AAA' FOR UPDATE`);
    await other.query('ROLLBACK');
    await other.end();
    expect((await running).estado).toBe('exitosa');
    const [{ deadlocks } = {}] = await scene.database.query(
      'SELECT deadlocks::integer FROM pg_stat_database WHERE datname = current_database()',
    );
    expect(deadlocks).toBe(1);
  });
});

describe('connection lost during COMMIT', () => {
  it.each(['before', 'after'] as const)(
    'finds out whether it happened, and doubles no history: cut %s',
    async (side) => {
      scene.proxy.cutWhen(loadCommit(), side);
      const resumen = await scene.run();
      expect(outcomes(resumen)).toEqual({ AAA: 'cargado', BBB: 'cargado', CCC: 'cargado' });
    },
  );

  it('waits for a COMMIT that is still in flight', async () => {
    await slowDownCommit(scene.database, 400);
    const hop = await startTcpHop({ host: '127.0.0.1', port: scene.proxy.port });
    const isLoadCommit = loadCommit();
    // The connection that loads is the first that a run of one warehouse makes.
    scene.proxy.hold((sql) => {
      if (isLoadCommit(sql)) setTimeout(() => hop.connections[0]?.cut(), 100);
      return false;
    });
    const resumen = await scene.run({
      ...ONE,
      readDatabaseSettings: () => Promise.resolve({ ...scene.settings, port: hop.port }),
    });
    await hop.close();
    expect(outcomes(resumen)).toEqual({ AAA: 'cargado' });
    expect(almacenOf(resumen, 'AAA').ms.carga).toBeGreaterThan(400);
    // The load's own lock, and that of the connection that read back.
    const locks = scene.proxy.statements().filter((sql) => sql.includes('FOR UPDATE'));
    expect(locks).toHaveLength(2);
  });

  it('says that nobody knows when it cannot be found out', async () => {
    const isLoadCommit = loadCommit();
    let lost = false;
    scene.proxy.cutWhen(
      (sql) => (lost ||= isLoadCommit(sql)) && (sql === 'COMMIT' || sql.includes('FOR UPDATE')),
      'after',
    );
    expect(outcomes(await scene.run(ONE))).toEqual({ AAA: 'COMMIT_INCIERTO' });
    scene.proxy.reset();
    expect((await scene.run()).estado).toBe('exitosa');
  });
});

describe('a database that is far away', () => {
  it('shows nobody a mixture, however long a load takes', async () => {
    scene.proxy.delayMs = 60;
    const resumen = await scene.run();
    expect(outcomes(resumen)).toEqual({ AAA: 'cargado', BBB: 'cargado', CCC: 'cargado' });
    // Three round trips at the least, with nothing but waiting in between.
    expect(almacenOf(resumen, 'AAA').ms.carga).toBeGreaterThanOrEqual(180);
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
