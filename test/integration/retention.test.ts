import { beforeEach, expect, it } from '@jest/globals';
import { retireHistory } from '../../lambdas/migraciones/maintain-history.ts';
import { runOn, useDatabase } from '../support/database.ts';
import { resetInventario } from '../support/inventory.ts';

/** Months before this one with a partition, in each of which a version ended. */
const MONTHS = [1, 2, 3, 14];

const database = await useDatabase();

beforeEach(async () => {
  await resetInventario(database);
  for (const months of MONTHS) {
    await insertVersion('000001', `${startOf(months)} - interval '1 hour'`, startOf(months));
  }
  await database.query('SELECT crear_particiones()');
});

/** The first moment of a month ago, as SQL. */
const startOf = (months: number): string =>
  `(date_trunc('month', now() AT TIME ZONE 'UTC') - interval '${months} months') AT TIME ZONE 'UTC'`;

const insertVersion = (producto: string, desde: string, hasta: string): Promise<unknown> =>
  database.query(
    `INSERT INTO inventario_versiones
            (ubicacion_id, almacen_codigo, producto_id, cantidad, precio_venta, vigente_desde, vigente_hasta, cambia_precio)
     VALUES ('tienda_01', 'APP-TPF', '${producto}', 10, 4.9, ${desde}, ${hasta}, false)`,
  );

const insertSnapshot = (extraccion: string, almacen = 'APP-TPF'): Promise<unknown> =>
  database.query(
    `INSERT INTO almacen_snapshots (almacen_codigo, extraccion, ubicacion_id, ejecucion_id, articulos, suma_cantidades)
     VALUES ('${almacen}', ${extraccion}, 'tienda_01', gen_random_uuid(), 1, 1)`,
  );

async function partitionOf(months: number): Promise<string> {
  const [row] = await database.query(
    `SELECT 'inventario_versiones_' || to_char(date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => $1), 'YYYY_MM') AS nombre`,
    [months],
  );
  return String(row?.['nombre']);
}

const partitions = async (): Promise<string[]> =>
  (
    await database.query(
      `SELECT inhrelid::regclass::text AS nombre FROM pg_inherits WHERE inhparent = 'inventario_versiones'::regclass ORDER BY 1`,
    )
  ).map(({ nombre }) => String(nombre));

const retire = (months: number): Promise<string[]> => retireHistory(database.admin, months);

it('Keeping two months drops the partitions before them, the oldest first, and no other', async () => {
  const before = await partitions();
  const old = [await partitionOf(14), await partitionOf(3)];

  expect(await retire(2)).toEqual(old);
  expect(await partitions()).toEqual(before.filter((nombre) => !old.includes(nombre)));
  expect(await retire(2)).toEqual([]);
});

it('Every moment of the kept period is answered as before, also by versions that began long before it', async () => {
  await insertVersion('000002', "now() - interval '5 years'", "now() - interval '5 days'");
  await insertVersion('000003', startOf(4), `${startOf(3)} + interval '1 second'`);
  for (const extraccion of [
    "now() - interval '5 years'",
    startOf(4),
    `${startOf(3)} + interval '1 second'`,
  ]) {
    await insertSnapshot(extraccion);
  }
  await insertSnapshot("now() - interval '5 days'");
  const answers = (): Promise<unknown> =>
    database.query(
      `SELECT orden, e.*
         FROM unnest(ARRAY[${startOf(3)}, ${startOf(3)} + interval '1 second', now() - interval '10 days', now()]) WITH ORDINALITY AS m (momento, orden),
              inventario_en(momento) e ORDER BY 1, 2, 3, 4`,
    );
  const replaced = (): Promise<unknown> =>
    database.query(
      `SELECT * FROM inventario_historico WHERE fecha_reemplazo > ${startOf(3)} ORDER BY fecha_snapshot, producto_id`,
    );
  const before = [await answers(), await replaced()];
  expect(before[0]).not.toEqual([]);
  expect(before[1]).not.toEqual([]);

  expect(await retire(3)).toEqual(['1 snapshots', await partitionOf(14)]);

  expect([await answers(), await replaced()]).toEqual(before);
  expect(
    await database.query('SELECT FROM inventario_historico WHERE fecha_reemplazo <= ' + startOf(3)),
  ).toEqual([]);
});

it('Nothing is dropped without a retention', async () => {
  const before = await partitions();

  expect(await retireHistory(database.admin, undefined)).toEqual([]);
  expect(await partitions()).toEqual(before);
  expect(await retireHistory(database.admin, 3)).toEqual([await partitionOf(14)]);
  expect(await partitions()).not.toContain(await partitionOf(14));
});

it('Versions in the default partition are dropped too', async () => {
  await insertVersion('000004', "'2001-01-01Z'", "'2001-02-01Z'");

  await retire(3);

  expect(await database.query('SELECT FROM inventario_versiones_default')).toEqual([]);
});

it('A month that is being read is dropped another time, so that no load has to wait', async () => {
  const before = await partitions();
  const reader = await database.openSession(database.etl);
  await reader.query('BEGIN');
  await reader.query('SELECT FROM inventario_versiones LIMIT 1');

  await expect(retire(2)).rejects.toMatchObject({ codigo: 'BD_BLOQUEO' });
  expect(await partitions()).toEqual(before);
  await reader.end();
});

it('The records of the runs of a dropped period are dropped, and no others', async () => {
  await database.query(
    `INSERT INTO etl_ejecuciones (id, origen, estado, inicio, fin)
     SELECT gen_random_uuid(), 'programada', estado, inicio, inicio
       FROM (VALUES ('exitosa', now()), ('fallida', now() - interval '40 days'), ('parcial', now() - interval '14 months')) AS e (estado, inicio)`,
  );
  await database.query(
    `INSERT INTO etl_rechazos (ejecucion_id, almacen_codigo, motivo, fila) SELECT id, 'APP-TPF', 'stock', '{}' FROM etl_ejecuciones`,
  );

  await retire(3);

  const kept = `SELECT e.estado FROM etl_ejecuciones e JOIN etl_rechazos r ON r.ejecucion_id = e.id ORDER BY e.estado`;
  expect(await database.query(kept)).toEqual([{ estado: 'exitosa' }, { estado: 'fallida' }]);
  await database.query('DELETE FROM etl_ejecuciones');
});

it('The accepted snapshots of a dropped period are dropped, but for the one in force when the kept period begins', async () => {
  await insertSnapshot("now() - interval '1 day'");
  await insertSnapshot("now() - interval '14 months'");
  await insertSnapshot("now() - interval '14 months'", 'APP-PPF');
  await insertSnapshot("now() - interval '15 months'", 'APP-PPF');

  await retire(3);

  expect(
    await database.query(
      `SELECT almacen_codigo, extraccion > now() - interval '2 months' AS reciente
         FROM almacen_snapshots ORDER BY almacen_codigo, extraccion`,
    ),
  ).toEqual([
    { almacen_codigo: 'APP-PPF', reciente: false },
    { almacen_codigo: 'APP-TPF', reciente: false },
    { almacen_codigo: 'APP-TPF', reciente: true },
  ]);
});

it('Unconfirmed periods that ended before the kept period are dropped', async () => {
  await database.query(
    `INSERT INTO inventario_sin_confirmar (almacen_codigo, producto_id, confirmado, reconfirmado)
     VALUES ('APP-TPF', 'old', ${startOf(14)}, ${startOf(13)}), ('APP-TPF', 'kept', ${startOf(14)}, now()),
            ('APP-TPF', 'open', ${startOf(14)}, NULL)`,
  );

  await retire(3);

  expect(await database.query('SELECT producto_id FROM inventario_sin_confirmar ORDER BY 1')).toEqual([
    { producto_id: 'kept' },
    { producto_id: 'open' },
  ]);
});

it('Keeping more months than there are drops nothing', async () => {
  const before = await partitions();

  expect(await retire(14)).toEqual([]);
  expect(await partitions()).toEqual(before);
});

it.each([0, -1])('Keeping %i months is refused', async (months) => {
  const before = await partitions();

  await expect(retire(months)).rejects.toThrow('conservar_meses debe ser al menos 1');
  expect(await partitions()).toEqual(before);
});

it('Keeping an unknown number of months is refused', async () => {
  const before = await partitions();

  await expect(database.query('SELECT retirar_historico(NULL)')).rejects.toThrow(
    'conservar_meses debe ser al menos 1',
  );
  expect(await partitions()).toEqual(before);
});

it("The pipeline's user may not drop history", async () => {
  await expect(runOn(database.etl, 'SELECT retirar_historico(1)')).rejects.toMatchObject({ code: '42501' });
  await expect(runOn(database.etl, `DROP TABLE ${await partitionOf(14)}`)).rejects.toMatchObject({
    code: '42501',
  });
});
