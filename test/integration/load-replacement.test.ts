import { beforeEach, describe, expect, it } from '@jest/globals';
import { runOn, useDatabase } from '../support/database.ts';
import { readInventoryVersions, readHistorico, readInventario } from '../support/inventory.ts';
import { load, resetInventario } from '../support/inventory.ts';
import { at, ejecucion, existencia, snapshot } from '../support/snapshots.ts';

const database = await useDatabase();

beforeEach(() => resetInventario(database));

describe('a first load', () => {
  it('writes every row, dated by the extraction, and no history', async () => {
    const counts = await load(database.etl, snapshot({ '000001': '5', '000002': '-1.25' }));

    expect(counts).toEqual({
      productosNuevos: 2,
      productosActualizados: 0,
      inventario: 2,
      conservados: 0,
      retirados: 0,
      historico: 0,
      preciosCambiados: 0,
      forzados: [],
    });
    expect(await readInventario(database)).toEqual([
      { codigo: '000001', cantidad: '5', desde: '10:00', confirmada: '10:00' },
      { codigo: '000002', cantidad: '-1.25', desde: '10:00', confirmada: '10:00' },
    ]);
    expect(await readHistorico(database)).toEqual([]);
  });

  it('is the last accepted snapshot of its warehouse, with its run, its store, and what it held', async () => {
    await load(database.etl, snapshot({ '000001': '5', '000002': '3' }, { ejecucionId: ejecucion(7) }));

    expect(
      await database.query(
        `SELECT extraccion, ejecucion_id, ubicacion_id, articulos, suma_cantidades FROM almacen_snapshots WHERE almacen_codigo = 'APP-TPF'`,
      ),
    ).toEqual([
      {
        extraccion: at('10:00'),
        ejecucion_id: ejecucion(7),
        ubicacion_id: 'tienda_01',
        articulos: 2,
        suma_cantidades: '8',
      },
    ]);
  });

  it('keeps the price and the tax of the warehouse, NULL where there is none', async () => {
    const inventario = [
      existencia('000001', '5'),
      existencia('000002', '3', { precio_venta: null, iva: null }),
    ];
    await load(database.etl, snapshot({ '000001': '5', '000002': '3' }, { inventario }));

    expect(
      await database.query(
        'SELECT producto_id, precio_venta, iva FROM inventario_actual ORDER BY producto_id',
      ),
    ).toEqual([
      { producto_id: '000001', precio_venta: '4.939655', iva: '16' },
      { producto_id: '000002', precio_venta: null, iva: null },
    ]);
  });
});

describe('a replacement', () => {
  it('closes the versions that changed, lets the others stand, and shows the whole replaced snapshot in the history', async () => {
    await load(database.etl, snapshot({ '000001': '5', '000002': '3' }));
    const counts = await load(
      database.etl,
      snapshot({ '000001': '4', '000002': '3', '000003': '9' }, { extraccion: at('10:30') }),
    );

    expect(counts).toMatchObject({ productosNuevos: 1, inventario: 3, retirados: 0, historico: 1 });
    expect(await readInventario(database)).toEqual([
      { codigo: '000001', cantidad: '4', desde: '10:30', confirmada: '10:30' },
      { codigo: '000002', cantidad: '3', desde: '10:00', confirmada: '10:30' },
      { codigo: '000003', cantidad: '9', desde: '10:30', confirmada: '10:30' },
    ]);
    expect(await readHistorico(database)).toEqual([
      { codigo: '000001', cantidad: '5', desde: '10:00', hasta: '10:30' },
      { codigo: '000002', cantidad: '3', desde: '10:00', hasta: '10:30' },
    ]);
  });

  it('removes an article that is gone, after closing its last version', async () => {
    await load(database.etl, snapshot({ '000001': '5', '000002': '3' }));
    const counts = await load(database.etl, snapshot({ '000001': '5' }, { extraccion: at('10:30') }));

    expect(counts).toMatchObject({ inventario: 1, conservados: 0, retirados: 1, historico: 1 });
    expect((await readInventario(database)).map(({ codigo }) => codigo)).toEqual(['000001']);
    expect(await readHistorico(database)).toContainEqual({
      codigo: '000002',
      cantidad: '3',
      desde: '10:00',
      hasta: '10:30',
    });
  });

  it('leaves a gap in the versions of an article while it was gone', async () => {
    await load(database.etl, snapshot({ '000001': '5', '000002': '3' }));
    await load(database.etl, snapshot({ '000001': '5' }, { extraccion: at('10:30') }));
    await load(database.etl, snapshot({ '000001': '5', '000002': '8' }, { extraccion: at('11:00') }));

    const versions = [...(await readHistorico(database)), ...(await readInventario(database))];
    expect(versions.filter(({ codigo }) => codigo === '000002')).toEqual([
      { codigo: '000002', cantidad: '3', desde: '10:00', hasta: '10:30' },
      { codigo: '000002', cantidad: '8', desde: '11:00', confirmada: '11:00' },
    ]);
  });

  it('touches no other warehouse, not even of the same store', async () => {
    const otro = { almacen: 'APP-PPF', extraccion: at('09:00') };
    await load(database.etl, snapshot({ '000001': '5', '000002': '3' }));
    await load(database.etl, snapshot({ '000001': '7' }, otro));
    await load(database.etl, snapshot({ '000001': '4' }, { extraccion: at('10:30') }));

    expect(await readInventario(database, 'APP-PPF')).toEqual([
      { codigo: '000001', cantidad: '7', desde: '09:00', confirmada: '09:00' },
    ]);
    expect(await readHistorico(database, 'APP-PPF')).toEqual([]);
  });
});

describe('a refused article', () => {
  it('keeps the version it has, unconfirmed and open', async () => {
    await load(database.etl, snapshot({ '000001': '5', '000002': '3' }));
    const counts = await load(
      database.etl,
      snapshot({ '000001': '4' }, { extraccion: at('10:30'), codigosRechazados: ['000002'] }),
    );

    expect(counts).toMatchObject({ inventario: 2, conservados: 1, retirados: 0, historico: 1 });
    expect(await readInventario(database)).toEqual([
      { codigo: '000001', cantidad: '4', desde: '10:30', confirmada: '10:30' },
      { codigo: '000002', cantidad: '3', desde: '10:00', confirmada: '10:00' },
    ]);
    expect((await readHistorico(database)).map(({ codigo }) => codigo)).toEqual(['000001']);
  });

  it('is in the history until it could be read again, as one row of its last confirmed snapshot', async () => {
    await load(database.etl, snapshot({ '000001': '5', '000002': '3' }));
    const mala = { extraccion: at('10:30'), codigosRechazados: ['000002'] };
    await load(database.etl, snapshot({ '000001': '4' }, mala));
    await load(database.etl, snapshot({ '000001': '4', '000002': '6' }, { extraccion: at('11:00') }));

    expect(await readHistorico(database)).toContainEqual({
      codigo: '000002',
      cantidad: '3',
      desde: '10:00',
      hasta: '11:00',
    });
  });

  it('that the warehouse never had leaves no row', async () => {
    const counts = await load(database.etl, snapshot({ '000001': '5' }, { codigosRechazados: ['000002'] }));

    expect(counts).toMatchObject({ inventario: 1, conservados: 0 });
    expect(await readInventario(database)).toHaveLength(1);
  });

  it('whose code nobody can read retires no absent article', async () => {
    await load(database.etl, snapshot({ '000001': '5', '000002': '3', '000003': '1' }));
    const counts = await load(
      database.etl,
      snapshot({ '000001': '4' }, { extraccion: at('10:30'), retirarAusentes: false }),
    );

    expect(counts).toMatchObject({ inventario: 3, conservados: 2, retirados: 0, historico: 1 });
    expect(await readInventario(database)).toEqual([
      { codigo: '000001', cantidad: '4', desde: '10:30', confirmada: '10:30' },
      { codigo: '000002', cantidad: '3', desde: '10:00', confirmada: '10:00' },
      { codigo: '000003', cantidad: '1', desde: '10:00', confirmada: '10:00' },
    ]);
  });
});

describe('a version', () => {
  it.each([
    ['quantity', existencia('000001', '6'), 1, 0],
    ['price', existencia('000001', '5', { precio_venta: '5' }), 1, 1],
    ['price that becomes unknown', existencia('000001', '5', { precio_venta: null }), 1, 1],
    ['tax', existencia('000001', '5', { iva: '8' }), 1, 0],
    [
      'numbers written otherwise',
      existencia('000001', '5.00', { precio_venta: '4.9396550', iva: '16.0' }),
      0,
      0,
    ],
  ])('ends or stands by another %s', async (_what, fila, historico, preciosCambiados) => {
    await load(database.etl, snapshot({ '000001': '5' }));
    const counts = await load(
      database.etl,
      snapshot({ '000001': '5' }, { inventario: [fila], extraccion: at('10:30') }),
    );

    expect(counts).toMatchObject({ historico, preciosCambiados });
    expect(await database.query('SELECT FROM inventario_versiones')).toHaveLength(historico);
  });

  it('that stands is not written', async () => {
    await load(database.etl, snapshot({ '000001': '5', '000002': '3' }));
    const [before] = await database.query(
      `SELECT xmin::text FROM inventario_vigente WHERE producto_id = '000002'`,
    );
    await load(database.etl, snapshot({ '000001': '4', '000002': '3.00' }, { extraccion: at('10:30') }));

    const [after] = await database.query(
      `SELECT xmin::text FROM inventario_vigente WHERE producto_id = '000002'`,
    );
    expect(after).toEqual(before);
  });
});

describe('a view', () => {
  it.each(['inventario_actual', 'inventario_historico'])(
    "can be written through neither by its owner nor by the pipeline's user: %s",
    async (view) => {
      await load(database.etl, snapshot({ '000001': '5' }));
      await load(database.etl, snapshot({ '000001': '4' }, { extraccion: at('10:30') }));
      const before = await readInventoryVersions(database);

      for (const user of [database.admin, database.etl]) {
        for (const statement of [
          `INSERT INTO ${view} SELECT * FROM ${view}`,
          `UPDATE ${view} SET cantidad = 0`,
          `DELETE FROM ${view}`,
        ]) {
          await expect(runOn(user, statement)).rejects.toMatchObject({ code: '55000' });
        }
      }
      expect(await readInventoryVersions(database)).toEqual(before);
    },
  );
});
