import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { readHistorico, readInventario } from '../support/inventory-state.ts';
import { load, resetInventario } from '../support/loading.ts';
import { at, ejecucion, existencia, snapshot } from '../support/snapshots.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

beforeEach(() => resetInventario(database));

afterEach(() => database.expectNoTrace());

afterAll(() => database.drop());

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
      forzados: [],
    });
    expect(await readInventario(database)).toEqual([
      { codigo: '000001', cantidad: '5', desde: '10:00', confirmada: '10:00' },
      { codigo: '000002', cantidad: '-1.25', desde: '10:00', confirmada: '10:00' },
    ]);
    expect(await readHistorico(database)).toEqual([]);
  });

  it('marks the warehouse with extraction, run and number of articles', async () => {
    await load(database.etl, snapshot({ '000001': '5', '000002': '3' }, { ejecucionId: ejecucion(7) }));

    expect(
      await database.query(
        `SELECT ultima_extraccion, ultima_ejecucion_id, ultimos_articulos FROM almacenes WHERE codigo = 'APP-TPF'`,
      ),
    ).toEqual([{ ultima_extraccion: at('10:00'), ultima_ejecucion_id: ejecucion(7), ultimos_articulos: 2 }]);
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
  it('archives every row it replaces as a version that ends at the new extraction', async () => {
    await load(database.etl, snapshot({ '000001': '5', '000002': '3' }));
    const counts = await load(
      database.etl,
      snapshot({ '000001': '4', '000002': '3', '000003': '9' }, { extraccion: at('10:30') }),
    );

    expect(counts).toMatchObject({ productosNuevos: 1, inventario: 3, retirados: 0, historico: 2 });
    expect(await readInventario(database)).toEqual([
      { codigo: '000001', cantidad: '4', desde: '10:30', confirmada: '10:30' },
      { codigo: '000002', cantidad: '3', desde: '10:30', confirmada: '10:30' },
      { codigo: '000003', cantidad: '9', desde: '10:30', confirmada: '10:30' },
    ]);
    expect(await readHistorico(database)).toEqual([
      { codigo: '000001', cantidad: '5', desde: '10:00', hasta: '10:30' },
      { codigo: '000002', cantidad: '3', desde: '10:00', hasta: '10:30' },
    ]);
  });

  it('removes an article that is gone, after archiving its last version', async () => {
    await load(database.etl, snapshot({ '000001': '5', '000002': '3' }));
    const counts = await load(database.etl, snapshot({ '000001': '5' }, { extraccion: at('10:30') }));

    expect(counts).toMatchObject({ inventario: 1, conservados: 0, retirados: 1, historico: 2 });
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
  it('keeps the row it has, unconfirmed and unarchived', async () => {
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

  it('is archived with its old quantity when it can be read again', async () => {
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

describe('a replacement whose history keeps changes only', () => {
  it('archives what changed or left, and lets the rest stand as the version it was', async () => {
    await load(database.etl, snapshot({ '000001': '5', '000002': '3', '000003': '1' }));
    const counts = await load(
      database.etl,
      snapshot({ '000001': '4', '000002': '3.00' }, { extraccion: at('10:30') }),
      { historico: 'cambios' },
    );

    expect(counts).toMatchObject({ inventario: 2, retirados: 1, historico: 2 });
    expect(await readInventario(database)).toEqual([
      { codigo: '000001', cantidad: '4', desde: '10:30', confirmada: '10:30' },
      { codigo: '000002', cantidad: '3.00', desde: '10:00', confirmada: '10:30' },
    ]);
    expect(await readHistorico(database)).toEqual([
      { codigo: '000001', cantidad: '5', desde: '10:00', hasta: '10:30' },
      { codigo: '000003', cantidad: '1', desde: '10:00', hasta: '10:30' },
    ]);
  });
});
