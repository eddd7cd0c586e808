import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import { loadAlmacen } from '../../lambdas/inventario-klk/load/load-almacen.ts';
import { useDatabase } from '../support/database.ts';
import {
  THRESHOLDS,
  load,
  readInventario,
  resetInventario,
  withPipelineDatabase,
} from '../support/inventory.ts';
import { at, producto, snapshot } from '../support/snapshots.ts';

const database = await useDatabase();

beforeEach(async () => {
  await resetInventario(database);
  await load(database.etl, snapshot({ '000001': '5', '000002': '3' }));
});

const changed = ['000001', '000002'].map((codigo) => producto(codigo, { nombre: 'OTRO' }));
const nuevo = snapshot({ '000001': '4', '000002': '2' }, { extraccion: at('10:30'), productos: changed });

const expectLoaded = async (): Promise<void> => {
  expect(await readInventario(database)).toMatchObject([{ cantidad: '4' }, { cantidad: '2' }]);
};

it('A load is repeated when the partition of its month is made while it waits', async () => {
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
  const other = await database.openSession();
  await other.query('BEGIN');
  await other.query('SELECT crear_particiones()');
  const loading = load(database.etl, nuevo);
  await database.untilSomebodyWaits();
  await other.query('COMMIT');

  await loading;
  await expectLoaded();
  expect(
    await database.query('SELECT DISTINCT tableoid::regclass::text AS tabla FROM inventario_versiones'),
  ).toEqual([{ tabla: mes }]);
  await database.query(`DELETE FROM inventario_versiones WHERE almacen_codigo = 'OTRO'`);
});

describe('A load whose statements are slow', () => {
  /** Whatever writes this table takes so long more. */
  const slow = (table: string, seconds: number): Promise<unknown> =>
    database.query(
      `CREATE FUNCTION tardar_${table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(${seconds}); RETURN NULL; END $$;
       CREATE TRIGGER tardar AFTER UPDATE ON ${table} EXECUTE FUNCTION tardar_${table}()`,
    );
  const loadWithin = (statementTimeoutMs: number): Promise<unknown> =>
    withPipelineDatabase(
      database.etl,
      (opened) => loadAlmacen(opened, nuevo, THRESHOLDS, deadlineIn(60_000)),
      statementTimeoutMs,
    );

  afterEach(() =>
    database.query(
      'DROP FUNCTION tardar_productos() CASCADE; DROP FUNCTION tardar_inventario_vigente() CASCADE',
    ),
  );

  it('The load succeeds when each statement is within its limit, however long they take together', async () => {
    await slow('productos', 2.2);
    await slow('inventario_vigente', 2.2);

    await loadWithin(4_000);
    await expectLoaded();
  });

  it('The load fails with BD_TIEMPO when one exceeds its limit', async () => {
    await slow('productos', 2.2);
    await slow('inventario_vigente', 20);

    await expect(loadWithin(4_000)).rejects.toMatchObject({ codigo: 'BD_TIEMPO' });
  });
});
