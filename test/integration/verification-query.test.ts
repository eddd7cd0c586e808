import { beforeAll, expect, it } from '@jest/globals';
import { runOn, useDatabase } from '../support/database.ts';
import { load, resetInventario } from '../support/inventory.ts';
import { at, BOSQUE, snapshot } from '../support/snapshots.ts';

/** Copied from the predecessor's manual. */
const VERIFICATION_QUERY = `
SELECT u.nombre as tienda, p.codigo, p.nombre as producto, ia.cantidad, ia.fecha_actualizacion
FROM inventario_actual ia
INNER JOIN ubicaciones u ON ia.ubicacion_id = u.id
INNER JOIN productos p ON ia.producto_id = p.id
ORDER BY ia.fecha_actualizacion DESC LIMIT 10;
`;

const database = await useDatabase();

beforeAll(async () => {
  await resetInventario(database);
});

it("The manual's verification query shows the rows that were confirmed last, also to the pipeline's user", async () => {
  await load(database.etl, snapshot({ '000001': '5' }));
  await load(
    database.etl,
    snapshot({ '000001': '2.5' }, { almacen: 'APP-TBQ', ubicacionId: BOSQUE.id, extraccion: at('10:30') }),
  );

  const rows = [
    {
      tienda: 'BOSQUE',
      codigo: '000001',
      producto: 'PRODUCTO 000001',
      cantidad: '2.5',
      fecha_actualizacion: at('10:30'),
    },
    {
      tienda: 'PERIFERICO',
      codigo: '000001',
      producto: 'PRODUCTO 000001',
      cantidad: '5',
      fecha_actualizacion: at('10:00'),
    },
  ];
  expect(await database.query(VERIFICATION_QUERY)).toEqual(rows);
  expect(await runOn(database.etl, VERIFICATION_QUERY)).toEqual(rows);
});
