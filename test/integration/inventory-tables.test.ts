import { beforeEach, expect, it } from '@jest/globals';
import { useDatabase } from '../support/database.ts';
import { readInventoryVersions } from '../support/inventory.ts';
import { load, resetInventario } from '../support/inventory.ts';
import { snapshot } from '../support/snapshots.ts';

const database = await useDatabase();

beforeEach(async () => {
  await resetInventario(database);
  await load(database.etl, snapshot({ '000001': '5' }));
});

const insertVersion = (desde: string, hasta: string): string =>
  `INSERT INTO inventario_versiones (ubicacion_id, almacen_codigo, producto_id, cantidad, vigente_desde, vigente_hasta, cambia_precio)
   VALUES ('tienda_01', 'APP-TPF', '000001', 1, '${desde}', '${hasta}', false)`;

const CHECK = '23514';
/** The slot of such a version cannot be computed. */
const OUT_OF_RANGE = '22008';

it.each([
  ['a snapshot taken at the end of time', `UPDATE almacen_snapshots SET extraccion = 'infinity'`, CHECK],
  ['a snapshot taken before all time', `UPDATE almacen_snapshots SET extraccion = '-infinity'`, CHECK],
  ['a version that never begins', `UPDATE inventario_vigente SET vigente_desde = 'infinity'`, CHECK],
  ['a version that never began', `UPDATE inventario_vigente SET vigente_desde = '-infinity'`, CHECK],
  ['a closed version that never ends', insertVersion('2026-11-18T10:00Z', 'infinity'), OUT_OF_RANGE],
  ['a closed version that never began', insertVersion('-infinity', '2026-11-18T10:00Z'), OUT_OF_RANGE],
  ['a closed version that ends as it begins', insertVersion('2026-11-18T10:00Z', '2026-11-18T10:00Z'), CHECK],
])('The tables of the inventory refuse %s', async (_what, sql, code) => {
  const before = await readInventoryVersions(database);

  await expect(database.query(sql)).rejects.toMatchObject({ code });
  expect(await readInventoryVersions(database)).toEqual(before);
});
