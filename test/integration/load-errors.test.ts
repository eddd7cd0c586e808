import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import { loadAlmacen } from '../../lambdas/inventario-klk/load/load-almacen.ts';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { readAllVersions, readInventario } from '../support/inventory-state.ts';
import { load, resetInventario, THRESHOLDS, withPipelineDatabase } from '../support/loading.ts';
import { untilSomebodyWaits } from '../support/lock-waits.ts';
import { at, producto, snapshot } from '../support/snapshots.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.query('CREATE SCHEMA estorbos; GRANT USAGE ON SCHEMA estorbos TO etl');
});

beforeEach(async () => {
  await resetInventario(database);
  await load(database.etl, snapshot({ '000001': '5', '000002': '3' }));
});

afterEach(async () => {
  await database.query(
    'DROP SCHEMA estorbos CASCADE; CREATE SCHEMA estorbos; GRANT USAGE ON SCHEMA estorbos TO etl',
  );
  await database.expectNoTrace();
});

afterAll(() => database.drop());

const cambiados = ['000001', '000002'].map((codigo) => producto(codigo, { nombre: 'OTRO' }));
const nuevo = snapshot({ '000001': '4', '000002': '2' }, { extraccion: at('10:30'), productos: cambiados });

/** Runs plpgsql whenever a load has written its products, as the superuser. */
const onProductos = (statements: string): Promise<unknown> =>
  database.query(
    `CREATE SEQUENCE estorbos.veces;
     CREATE FUNCTION estorbos.estorbar() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
       BEGIN ${statements} RETURN NULL; END $$;
     CREATE TRIGGER estorbar AFTER UPDATE ON productos EXECUTE FUNCTION estorbos.estorbar()`,
  );

async function expectRefused(codigo: string): Promise<void> {
  const before = await readAllVersions(database);
  await expect(load(database.etl, nuevo)).rejects.toMatchObject({ codigo });
  expect(await readAllVersions(database)).toEqual(before);
}

const expectLoaded = async (): Promise<void> => {
  expect(await readInventario(database)).toMatchObject([{ cantidad: '4' }, { cantidad: '2' }]);
};

describe('a load that meets another session', () => {
  let other: Client;

  beforeEach(async () => {
    other = new Client(toClientConfig(database.admin));
    await other.connect();
  });

  afterEach(() => other.end());

  it('is repeated when the server breaks a deadlock', async () => {
    // Each session looks for deadlocks once, this long after it began to wait: the other one never does, so the load is the one that is ended.
    await other.query(`SET deadlock_timeout = '1h'`);
    const [{ pid } = {}] = (await other.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows;
    // With its products locked, the load goes on to the inventory only when the other session waits for one of them.
    await onProductos(
      `IF pg_backend_pid() = ${pid} THEN RETURN NULL; END IF;
       IF nextval('estorbos.veces') = 1 THEN
         WHILE NOT EXISTS (SELECT FROM pg_locks WHERE pid = ${pid} AND NOT granted) LOOP PERFORM pg_sleep(0.01); END LOOP;
       END IF;`,
    );
    await other.query('BEGIN; SELECT FROM inventario_vigente FOR UPDATE');
    const loading = load(database.etl, nuevo);
    await untilHeldUp();
    await other.query(`UPDATE productos SET marca = 'X' WHERE id = '000001'`);
    await other.query('COMMIT');

    await loading;
    await expectLoaded();
    expect(await database.query('SELECT last_value::integer AS veces FROM estorbos.veces')).toEqual([
      { veces: 2 },
    ]);
  });

  it('is repeated when the partition of its month is made while it waits', async () => {
    const [{ mes } = {}] = await database.query(
      `SELECT 'inventario_versiones_' || to_char($1::timestamptz AT TIME ZONE 'UTC', 'YYYY_MM') AS mes`,
      [nuevo.extraccion],
    );
    await database.query(`DROP TABLE IF EXISTS ${String(mes)}`);
    await database.query(
      `INSERT INTO inventario_versiones
              (ubicacion_id, almacen_codigo, producto_id, cantidad, vigente_desde, vigente_hasta, cambia_precio)
       VALUES ('tienda_01', 'OTRO', '1', 5, $1::timestamptz - interval '1 hour', $1, false)`,
      [nuevo.extraccion],
    );
    await other.query('BEGIN');
    await other.query('SELECT crear_particiones()');
    const loading = load(database.etl, nuevo);
    await untilSomebodyWaits(database);
    await other.query('COMMIT');

    await loading;
    await expectLoaded();
    expect(
      await database.query('SELECT DISTINCT tableoid::regclass::text AS tabla FROM inventario_versiones'),
    ).toEqual([{ tabla: mes }]);
    await database.query(`DELETE FROM inventario_versiones WHERE almacen_codigo = 'OTRO'`);
  });

  it('waits no longer than its lock timeout', async () => {
    await onProductos(`PERFORM set_config('lock_timeout', '50', true);`);
    await other.query('BEGIN; LOCK TABLE inventario_vigente IN SHARE ROW EXCLUSIVE MODE');

    await expectRefused('BD_BLOQUEO');
  });

  it('is cut off when a statement takes longer than its limit', async () => {
    await onProductos(`PERFORM set_config('statement_timeout', '50', true);`);
    await other.query('BEGIN; LOCK TABLE inventario_vigente IN SHARE ROW EXCLUSIVE MODE');

    await expectRefused('BD_TIEMPO');
  });
});

/** Waits until the load stands in the loop of its trigger. */
async function untilHeldUp(): Promise<void> {
  const heldUp = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`;
  while ((await database.query(heldUp)).length === 0) await sleep(5);
}

describe('a load whose statements are slow', () => {
  /** Whatever writes this table takes so long more. */
  const slow = (table: string, seconds: number): Promise<unknown> =>
    database.query(
      `CREATE FUNCTION estorbos.tardar_${table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(${seconds}); RETURN NULL; END $$;
       CREATE TRIGGER tardar AFTER UPDATE ON ${table} EXECUTE FUNCTION estorbos.tardar_${table}()`,
    );
  const loadWithin = (statementTimeoutMs: number): Promise<unknown> =>
    withPipelineDatabase(
      database.etl,
      (opened) => loadAlmacen(opened, nuevo, THRESHOLDS, deadlineIn(60_000)),
      {
        applicationName: 'inventario-klk/prueba',
        statementTimeoutMs,
      },
    );

  it('succeeds while each is within its limit, however long they take together', async () => {
    await slow('productos', 2.2);
    await slow('inventario_vigente', 2.2);

    await loadWithin(4_000);
    await expectLoaded();
  });

  it('says which limit it was when a later one exceeds it', async () => {
    await slow('productos', 2.2);
    await slow('inventario_vigente', 20);

    await expect(loadWithin(4_000)).rejects.toMatchObject({ codigo: 'BD_TIEMPO' });
  });
});

describe('a load that the server refuses', () => {
  it('is repeated after a serialization failure', async () => {
    await onProductos(
      `IF nextval('estorbos.veces') < 3 THEN RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END IF;`,
    );

    await load(database.etl, nuevo);
    await expectLoaded();
  });

  it('gives up when the serialization failures do not end', async () => {
    await onProductos(`RAISE EXCEPTION 'no' USING ERRCODE = '40001';`);

    await expectRefused('BD_BLOQUEO');
  });

  it.each([
    ['a full disk', '53100', 'BD_SIN_ESPACIO'],
    ['a constraint', '23514', 'BD_ERROR'],
  ])('fails at once for %s', async (_title, sqlstate, codigo) => {
    await onProductos(
      `IF nextval('estorbos.veces') = 1 THEN RAISE EXCEPTION 'no' USING ERRCODE = '${sqlstate}'; END IF;`,
    );

    await expectRefused(codigo);
  });

  it('fails at once for a missing grant, and says which table', async () => {
    await database.query('REVOKE INSERT ON inventario_versiones FROM etl');
    await expectRefused('BD_PERMISO');
    await expect(load(database.etl, nuevo)).rejects.toThrow('inventario_versiones');
    await database.query('GRANT INSERT ON inventario_versiones TO etl');
  });

  it('fails at once on a server that only reads', async () => {
    const { database: name } = database.admin;
    await database.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    await expect(load(database.etl, nuevo)).rejects.toMatchObject({ codigo: 'BD_SOLO_LECTURA' });
    await database.query('SET default_transaction_read_only = off');
    await database.query(`ALTER DATABASE ${name} RESET default_transaction_read_only`);
  });
});
