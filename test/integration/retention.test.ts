import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { toClientConfig } from '../../lambdas/shared/database-settings.ts';
import { retireHistory } from '../../lambdas/migraciones/retire-history.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';

/** Months before this one that have a partition, with a row in each. */
const MESES = [1, 2, 3, 14];

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

beforeEach(async () => {
  for (const meses of MESES) {
    await database.query(`DROP TABLE IF EXISTS ${await particionHace(meses)}`);
    await database.query(
      `DO $$ BEGIN
         EXECUTE format('CREATE TABLE ${await particionHace(meses)} PARTITION OF inventario_historico FOR VALUES FROM (%L) TO (%L)',
                        (date_trunc('month', now() AT TIME ZONE 'UTC') - interval '${meses} months') AT TIME ZONE 'UTC',
                        (date_trunc('month', now() AT TIME ZONE 'UTC') - interval '${meses - 1} months') AT TIME ZONE 'UTC');
       END $$`,
    );
    await database.query(
      `INSERT INTO inventario_historico
       SELECT 'tienda_01', 'APP-TPF', '000001', 1, inicio, inicio + interval '1 hour'
         FROM (SELECT (date_trunc('month', now() AT TIME ZONE 'UTC') - interval '${meses} months') AT TIME ZONE 'UTC' AS inicio) AS m`,
    );
  }
});

afterEach(() => database.expectNoTrace());

afterAll(() => database.drop());

async function particionHace(meses: number): Promise<string> {
  const [row] = await database.query(
    `SELECT 'inventario_historico_' || to_char(date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => $1), 'YYYY_MM') AS nombre`,
    [meses],
  );
  return String(row?.['nombre']);
}

const particiones = async (): Promise<string[]> =>
  (
    await database.query(
      `SELECT inhrelid::regclass::text AS nombre FROM pg_inherits WHERE inhparent = 'inventario_historico'::regclass ORDER BY 1`,
    )
  ).map(({ nombre }) => String(nombre));

const retirar = (conservar: number): Promise<number> => retireHistory(database.admin, conservar);

it('Keeping two months drops the partitions before them, and no other', async () => {
  const before = await particiones();
  const old = [await particionHace(3), await particionHace(14)];

  expect(await retirar(2)).toBe(2);
  expect(await particiones()).toEqual(before.filter((nombre) => !old.includes(nombre)));
  expect(await retirar(2)).toBe(0);
});

it('What was valid later than the limit stays, so that any kept moment is answered as before', async () => {
  const old = await particionHace(14);
  await database.query(
    `INSERT INTO ubicaciones (id, nombre) VALUES ('tienda_01', 'PERIFERICO') ON CONFLICT DO NOTHING`,
  );
  await database.query(
    `INSERT INTO almacenes (codigo, nombre, ubicacion_id) VALUES ('APP-TPF', 'PISO', 'tienda_01') ON CONFLICT DO NOTHING`,
  );
  await database.query(
    `INSERT INTO inventario_historico
     SELECT 'tienda_01', 'APP-TPF', '000002', 10, fecha_snapshot, now() - interval '5 days' FROM ${old}`,
  );
  const yesterweek = (): Promise<unknown> =>
    database.query(`SELECT producto_id, cantidad FROM inventario_en(now() - interval '10 days')`);
  const before = await yesterweek();
  expect(before).toEqual([{ producto_id: '000002', cantidad: '10' }]);

  expect(await retirar(3)).toBe(1);
  expect(await yesterweek()).toEqual(before);
  expect(await database.query(`SELECT producto_id FROM ${old}`)).toEqual([{ producto_id: '000002' }]);
  expect(await retirar(3)).toBe(0);
});

it('Whoever migrates drops what a retention does not keep, and nothing without one', async () => {
  const before = await particiones();

  expect(await retireHistory(database.admin, undefined)).toBe(0);
  expect(await particiones()).toEqual(before);
  expect(await retireHistory(database.admin, 3)).toBe(1);
  expect(await particiones()).not.toContain(await particionHace(14));
});

it('A month that is being read is left for another time, so that no load waits behind', async () => {
  const before = await particiones();
  const reader = new Client(toClientConfig(database.etl));
  await reader.connect();
  await reader.query('BEGIN');
  await reader.query('SELECT FROM inventario_historico LIMIT 1');

  await expect(retirar(2)).rejects.toMatchObject({ codigo: 'BD_BLOQUEO' });
  expect(await particiones()).toEqual(before);
  await reader.end();
});

it('The records of the runs of that time go with it, and no others', async () => {
  await database.query(
    `INSERT INTO etl_ejecuciones (id, origen, estado, inicio)
     SELECT gen_random_uuid(), 'programada', estado, inicio
       FROM (VALUES ('exitosa', now()), ('fallida', now() - interval '40 days'), ('parcial', now() - interval '14 months')) AS e (estado, inicio)`,
  );
  await database.query(
    `INSERT INTO etl_rechazos (ejecucion_id, almacen_codigo, motivo, fila) SELECT id, 'APP-TPF', 'stock', '{}' FROM etl_ejecuciones`,
  );

  await retirar(3);

  const kept = `SELECT e.estado FROM etl_ejecuciones e JOIN etl_rechazos r ON r.ejecucion_id = e.id ORDER BY e.estado`;
  expect(await database.query(kept)).toEqual([{ estado: 'exitosa' }, { estado: 'fallida' }]);
});

it('The accepted snapshots of that time go with it, but for the last one of each warehouse', async () => {
  await database.query(
    `INSERT INTO almacenes (codigo, nombre, ubicacion_id) VALUES ('APP-PPF', 'PRINCIPAL', 'tienda_01')`,
  );
  await database.query(
    `INSERT INTO almacen_snapshots (almacen_codigo, extraccion, ubicacion_id, ejecucion_id, articulos, suma_cantidades)
     SELECT codigo, now() - edad, ubicacion_id, gen_random_uuid(), 1, 1
       FROM almacenes JOIN (VALUES ('APP-TPF', interval '1 day'), ('APP-TPF', interval '14 months'),
                                   ('APP-PPF', interval '14 months'), ('APP-PPF', interval '15 months')) AS s (almacen, edad)
         ON almacen = codigo`,
  );

  await retirar(3);

  expect(
    await database.query(
      `SELECT almacen_codigo, extraccion > now() - interval '2 months' AS reciente FROM almacen_snapshots ORDER BY almacen_codigo`,
    ),
  ).toEqual([
    { almacen_codigo: 'APP-PPF', reciente: false },
    { almacen_codigo: 'APP-TPF', reciente: true },
  ]);
});

it('Keeping more months than there are drops nothing', async () => {
  const before = await particiones();

  expect(await retirar(14)).toBe(0);
  expect(await particiones()).toEqual(before);
});

it.each([0, -1])('Keeping %i months is refused', async (conservar) => {
  const before = await particiones();

  await expect(retirar(conservar)).rejects.toThrow('conservar_meses debe ser al menos 1');
  expect(await particiones()).toEqual(before);
});

it("The pipeline's user may not drop history", async () => {
  const client = new Client(toClientConfig(database.etl));
  await client.connect();

  await expect(client.query('SELECT retirar_particion(1)')).rejects.toMatchObject({ code: '42501' });
  await expect(client.query(`DROP TABLE ${await particionHace(14)}`)).rejects.toMatchObject({
    code: '42501',
  });
  await client.end();
});
