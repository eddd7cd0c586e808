import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import { useDatabase } from '../support/database.ts';
import { readInventoryVersions, readHistorico, readInventario } from '../support/inventory.ts';
import { insertTiendas, load, resetInventario } from '../support/inventory.ts';
import { at, BOSQUE, ejecucion, PERIFERICO, snapshot } from '../support/snapshots.ts';

const database = await useDatabase();

beforeEach(() => resetInventario(database));

describe('A snapshot that is not newer than the last accepted one', () => {
  it.each([
    ['an older one', at('09:59:59.999')],
    ['one of the same moment', at('10:00')],
  ])('It is refused, and nothing is written: %s', async (_title, extraccion) => {
    await load(database.etl, snapshot({ '000001': '5', '000002': '3' }));
    const before = await readInventoryVersions(database);
    const productos = snapshot({ '000001': '4' }).productos.map((row) => ({ ...row, nombre: 'OTRO' }));
    const stale = snapshot({ '000001': '4' }, { extraccion, productos, ejecucionId: ejecucion(2) });

    await expect(load(database.etl, stale)).rejects.toMatchObject({
      codigo: 'SNAPSHOT_ANTIGUO',
      message: expect.stringContaining('2026-11-18T10:00:00.000Z'),
    });
    expect(await readInventoryVersions(database)).toEqual(before);
  });

  it('It is refused with a message about the clock when the accepted one is dated in the future', async () => {
    const ahead = new Date(Date.now() + 3_600_000);
    await load(database.etl, snapshot({ '000001': '5' }, { extraccion: ahead }));
    const now = snapshot({ '000001': '4' }, { extraccion: new Date(), ejecucionId: ejecucion(2) });

    await expect(load(database.etl, now)).rejects.toMatchObject({
      codigo: 'SNAPSHOT_ANTIGUO',
      message: `APP-TPF tiene un inventario con hora del futuro, ${ahead.toISOString()}: el reloj de la base estuvo adelantado, y hasta entonces no se carga otro`,
    });
  });

  it('It is refused even when its own run loaded the other', async () => {
    await load(database.etl, snapshot({ '000001': '5' }));

    await expect(load(database.etl, snapshot({ '000001': '4' }))).rejects.toMatchObject({
      codigo: 'SNAPSHOT_ANTIGUO',
    });
  });

  it('A snapshot that is a millisecond newer is loaded', async () => {
    await load(database.etl, snapshot({ '000001': '5' }));
    await load(database.etl, snapshot({ '000001': '4' }, { extraccion: at('10:00:00.001') }));

    expect(await readInventario(database)).toMatchObject([{ codigo: '000001', cantidad: '4' }]);
  });
});

describe('A warehouse that the database has in another store', () => {
  const atBosque = { ubicacionId: BOSQUE.id, extraccion: at('10:30') };

  it('It is refused, and nothing is written', async () => {
    await load(database.etl, snapshot({ '000001': '5' }));
    const before = await readInventoryVersions(database);

    await expect(load(database.etl, snapshot({ '000001': '4' }, atBosque))).rejects.toMatchObject({
      codigo: 'ALMACEN_EN_CONFLICTO',
      message: 'La base tiene el almacén APP-TPF en tienda_01 y el catálogo en tienda_08',
    });
    expect(await readInventoryVersions(database)).toEqual(before);
  });

  it('It loads under the new store once a person has moved it, and its history stays with the old one', async () => {
    await load(database.etl, snapshot({ '000001': '5', '000002': '3' }));
    await database.query(`UPDATE almacenes SET ubicacion_id = 'tienda_08' WHERE codigo = 'APP-TPF'`);
    const counts = await load(database.etl, snapshot({ '000001': '4', '000002': '3' }, atBosque));

    expect(counts).toMatchObject({ inventario: 2, retirados: 0, historico: 1 });
    expect(await readInventario(database)).toHaveLength(2);
    expect(await readHistorico(database)).toHaveLength(2);
    expect(await database.query('SELECT DISTINCT ubicacion_id FROM inventario_actual')).toEqual([
      { ubicacion_id: 'tienda_08' },
    ]);
    expect(await database.query('SELECT DISTINCT ubicacion_id FROM inventario_historico')).toEqual([
      { ubicacion_id: 'tienda_01' },
    ]);
  });

  it('It stays in its store when the catalogue has it in another', async () => {
    const moved: Tienda = { ...BOSQUE, almacenes: PERIFERICO.almacenes };
    await insertTiendas(database.etl, [moved]);

    expect(
      await database.query(
        `SELECT DISTINCT ubicacion_id FROM almacenes WHERE codigo IN ('APP-TPF', 'APP-PPF')`,
      ),
    ).toEqual([{ ubicacion_id: 'tienda_01' }]);
  });
});

describe('Stores', () => {
  it('They are inserted from the catalogue, and never changed by a run afterwards', async () => {
    await database.query(
      `UPDATE ubicaciones SET nombre = 'Periférico Norte', codigo = 'P1', region = 'Carabobo', activo = false
        WHERE id = 'tienda_01'`,
    );
    const before = await readInventoryVersions(database);
    await insertTiendas(database.etl, [{ ...PERIFERICO, nombre: 'OTRO', sucursalKlk: 'SUC999' }, BOSQUE]);

    expect(await readInventoryVersions(database)).toEqual(before);
    expect(
      await database.query('SELECT id, codigo, nombre, codigo_klk, tipo FROM ubicaciones ORDER BY id'),
    ).toEqual([
      { id: 'tienda_01', codigo: 'P1', nombre: 'Periférico Norte', codigo_klk: 'SUC001', tipo: 'tienda' },
      { id: 'tienda_08', codigo: null, nombre: 'BOSQUE', codigo_klk: 'SUC002', tipo: 'tienda' },
    ]);
  });
});
