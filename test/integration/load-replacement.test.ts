import { beforeEach, describe, expect, it } from '@jest/globals';
import { runOn, useDatabase } from '../support/database.ts';
import { readInventoryVersions, readHistorico, readInventario } from '../support/inventory.ts';
import { load, resetInventario } from '../support/inventory.ts';
import { at, ejecucion, existencia, snapshot } from '../support/snapshots.ts';

const database = await useDatabase();

beforeEach(() => resetInventario(database));

describe('A first load', () => {
  it('It writes every row, dated by the extraction, and no history', async () => {
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

  it('It records the accepted snapshot with its run, its store and its sums', async () => {
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

  it('It writes price and tax, NULL where there is none', async () => {
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

describe('A replacement', () => {
  it('It closes the versions that changed and no others, and the history has the whole replaced snapshot', async () => {
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

  it('It removes an article that is gone, and closes its version', async () => {
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

  it('The versions of an article have a gap while it was gone', async () => {
    await load(database.etl, snapshot({ '000001': '5', '000002': '3' }));
    await load(database.etl, snapshot({ '000001': '5' }, { extraccion: at('10:30') }));
    await load(database.etl, snapshot({ '000001': '5', '000002': '8' }, { extraccion: at('11:00') }));

    const versions = [...(await readHistorico(database)), ...(await readInventario(database))];
    expect(versions.filter(({ codigo }) => codigo === '000002')).toEqual([
      { codigo: '000002', cantidad: '3', desde: '10:00', hasta: '10:30' },
      { codigo: '000002', cantidad: '8', desde: '11:00', confirmada: '11:00' },
    ]);
  });

  it('It touches no other warehouse, not even of the same store', async () => {
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

describe('An article whose row was rejected', () => {
  it('It keeps its version, unconfirmed and open', async () => {
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

  it('It is one row of the history until it can be read again', async () => {
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

  it('It gets no row when the warehouse had none of it', async () => {
    const counts = await load(database.etl, snapshot({ '000001': '5' }, { codigosRechazados: ['000002'] }));

    expect(counts).toMatchObject({ inventario: 1, conservados: 0 });
    expect(await readInventario(database)).toHaveLength(1);
  });

  it('No absent article is retired when the code of a row cannot be read', async () => {
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

describe('A version', () => {
  it.each([
    ['quantity', 1, 0, existencia('000001', '6')],
    ['price', 1, 1, existencia('000001', '5', { precio_venta: '5' })],
    ['price, which becomes unknown,', 1, 1, existencia('000001', '5', { precio_venta: null })],
    ['tax', 1, 0, existencia('000001', '5', { iva: '8' })],
    [
      'way to write the same numbers',
      0,
      0,
      existencia('000001', '5.00', { precio_venta: '4.9396550', iva: '16.0' }),
    ],
  ])(
    'Another %s closes %i versions, %i of them for the price',
    async (_what, historico, preciosCambiados, fila) => {
      await load(database.etl, snapshot({ '000001': '5' }));
      const counts = await load(
        database.etl,
        snapshot({ '000001': '5' }, { inventario: [fila], extraccion: at('10:30') }),
      );

      expect(counts).toMatchObject({ historico, preciosCambiados });
      expect(await database.query('SELECT FROM inventario_versiones')).toHaveLength(historico);
    },
  );

  it('An open version is not written again', async () => {
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

describe('A view', () => {
  it.each(['inventario_actual', 'inventario_historico'])(
    "Neither its owner nor the pipeline's user can write through it: %s",
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
