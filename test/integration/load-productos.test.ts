import { beforeEach, describe, expect, it } from '@jest/globals';
import { useDatabase } from '../support/database.ts';
import { load, resetInventario } from '../support/inventory.ts';
import { at, BOSQUE, ejecucion, producto, snapshot } from '../support/snapshots.ts';

const database = await useDatabase();

beforeEach(() => resetInventario(database));

/** Each product with the version PostgreSQL gives its row: another one when it was written. */
const versions = (): Promise<Record<string, unknown>[]> =>
  database.query(
    'SELECT id, nombre, xmin::text, fecha_creacion, fecha_actualizacion FROM productos ORDER BY id',
  );

describe('Products', () => {
  it('They are inserted with every attribute, the code being their id', async () => {
    await load(database.etl, snapshot({ '000001': '5' }));

    expect(await database.query('SELECT * FROM productos')).toEqual([
      {
        ...producto('000001'),
        id: '000001',
        modelo: null,
        presentacion: null,
        busqueda: 'producto 000001\n000001\n0000001',
        activo: true,
        fecha_creacion: expect.any(Date),
        fecha_actualizacion: expect.any(Date),
      },
    ]);
  });

  it('An unchanged product is not written again', async () => {
    const sinMarca = { productos: [producto('000001', { marca: null, codigo_barras: null })] };
    await load(database.etl, snapshot({ '000001': '5' }, sinMarca));
    const before = await versions();
    const counts = await load(
      database.etl,
      snapshot({ '000001': '4' }, { ...sinMarca, extraccion: at('10:30') }),
    );

    expect(counts).toMatchObject({ productosNuevos: 0, productosActualizados: 0 });
    expect(await versions()).toEqual(before);
  });

  describe('of a snapshot older than one that another run loaded for another warehouse', () => {
    const newer = {
      ubicacionId: BOSQUE.id,
      almacen: 'APP-TBQ',
      ejecucionId: ejecucion(2),
      productos: [producto('000001', { nombre: 'QUESO' })],
    };
    const older = snapshot(
      { '000001': '5', '000002': '3' },
      { productos: [producto('000001', { nombre: 'JAMON' }), producto('000002')] },
    );
    const nombres = (): Promise<Record<string, unknown>[]> =>
      database.query('SELECT id, nombre FROM productos ORDER BY id');

    it('Missing products are inserted, and known ones are not changed', async () => {
      await load(database.etl, snapshot({ '000001': '9' }, { ...newer, extraccion: at('10:30') }));

      expect(await load(database.etl, older)).toMatchObject({ productosNuevos: 1, productosActualizados: 0 });
      expect(await nombres()).toEqual([
        { id: '000001', nombre: 'QUESO' },
        { id: '000002', nombre: 'PRODUCTO 000002' },
      ]);
    });

    it('Known products are updated when the other snapshot was of the same run', async () => {
      const sameRun = { ...newer, ejecucionId: older.ejecucionId, extraccion: at('10:30') };
      await load(database.etl, snapshot({ '000001': '9' }, sameRun));

      expect(await load(database.etl, older)).toMatchObject({ productosActualizados: 1 });
    });

    it('Known products are updated when the other snapshot is dated in the future', async () => {
      const tomorrow = new Date(Date.now() + 24 * 3_600_000);
      await load(database.etl, snapshot({ '000001': '9' }, { ...newer, extraccion: tomorrow }));

      expect(await load(database.etl, older)).toMatchObject({ productosActualizados: 1 });
    });
  });

  const attributes = Object.keys(producto('000001')).filter((columna) => columna !== 'codigo');
  const optional = attributes.filter((columna) => !['nombre', 'categoria'].includes(columna));
  const changes = [
    ...attributes.map((columna) => ({ [columna]: 'OTRO' })),
    ...optional.map((columna) => ({ [columna]: null })),
  ];
  it.each(changes)('A product is updated and dated when one attribute changes: %p', async (change) => {
    await load(database.etl, snapshot({ '000001': '5', '000002': '3' }));
    const before = await versions();
    const productos = [producto('000001', change), producto('000002')];
    const counts = await load(
      database.etl,
      snapshot({ '000001': '5', '000002': '3' }, { productos, extraccion: at('10:30') }),
    );

    expect(counts).toMatchObject({ productosNuevos: 0, productosActualizados: 1 });
    const [first, second] = await versions();
    expect(first).toMatchObject({ id: '000001', fecha_creacion: before[0]?.['fecha_creacion'] });
    expect(first?.['fecha_actualizacion']).not.toEqual(before[0]?.['fecha_actualizacion']);
    expect(second).toEqual(before[1]);
    const columns = Object.keys(change).join(', ');
    expect(await database.query(`SELECT ${columns} FROM productos WHERE id = '000001'`)).toEqual([change]);
  });

  it('Columns that KLK does not send keep what people wrote', async () => {
    await load(database.etl, snapshot({ '000001': '5' }));
    await database.query(`UPDATE productos SET modelo = 'M1', presentacion = 'CAJA', activo = false`);
    await load(
      database.etl,
      snapshot(
        { '000001': '5' },
        { productos: [producto('000001', { nombre: 'OTRO' })], extraccion: at('10:30') },
      ),
    );

    expect(await database.query('SELECT nombre, modelo, presentacion, activo FROM productos')).toEqual([
      { nombre: 'OTRO', modelo: 'M1', presentacion: 'CAJA', activo: false },
    ]);
  });

  it('A product that left a warehouse stays', async () => {
    await load(database.etl, snapshot({ '000001': '5', '000002': '3' }));
    await load(database.etl, snapshot({ '000001': '5' }, { extraccion: at('10:30') }));

    expect((await versions()).map(({ id }) => id)).toEqual(['000001', '000002']);
  });

  it('Codes that differ in case or padding are different products', async () => {
    await load(database.etl, snapshot({ '1': '1', '01': '2', a: '3', A: '4' }));

    expect(
      await database.query('SELECT producto_id, cantidad FROM inventario_actual ORDER BY cantidad'),
    ).toEqual([
      { producto_id: '1', cantidad: '1' },
      { producto_id: '01', cantidad: '2' },
      { producto_id: 'a', cantidad: '3' },
      { producto_id: 'A', cantidad: '4' },
    ]);
  });
});
