import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readAllVersions } from '../support/inventory-state.ts';
import { ARTICULOS, DB_SECRET, KLK_SECRET, startLambdaWorld } from '../support/lambda-world.ts';
import { scheduledEvent } from '../../bin/commands/invoke-locally.ts';
import type { LambdaWorld } from '../support/lambda-world.ts';

const ACTIVAS = ['tienda_01', 'tienda_08', 'tienda_17', 'tienda_18', 'tienda_20'];
const TOTAL = ACTIVAS.length * ARTICULOS;

let world: LambdaWorld;

beforeAll(async () => {
  world = await startLambdaWorld();
});

beforeEach(() => world.reset());

afterEach(() => world.database.expectNoTrace());

afterAll(() => world.close());

const count = async (sql: string): Promise<unknown> =>
  (await world.database.query(`SELECT (${sql})::integer AS n`))[0]?.['n'];

/** All that changes when the inventory does, and all that a run writes about itself. */
const readEverything = async (): Promise<unknown> => [
  await readAllVersions(world.database),
  await world.database.query('SELECT id FROM etl_ejecuciones'),
];

describe('a scheduled event', () => {
  it('loads every active store', async () => {
    const { returned } = await world.invoke(scheduledEvent());

    expect(returned).toMatchObject({
      origen: 'programada',
      dryRun: false,
      estado: 'exitosa',
      tiendas: ACTIVAS.map((id) => ({
        id,
        estado: 'cargada',
        almacenes: [{ estado: 'cargado', inventario: ARTICULOS }],
      })),
      totales: { tiendas: 5, cargadas: 5, fallidas: 0, omitidas: 0, inventario: TOTAL, historico: 0 },
    });
    expect(await count('SELECT count(*) FROM inventario_actual')).toBe(TOTAL);
    expect(await count('SELECT count(*) FROM inventario_historico')).toBe(0);
    expect(await count('SELECT count(*) FROM productos')).toBe(ARTICULOS);
  });

  it('closes, when it comes again, the versions that changed, and shows in the history every row there was', async () => {
    await world.invoke(scheduledEvent());
    const before = await world.database.query(
      'SELECT almacen_codigo, producto_id, cantidad FROM inventario_actual ORDER BY 1, 2',
    );
    const { returned } = await world.invoke(scheduledEvent());

    const cerradas = await count('SELECT count(*) FROM inventario_versiones');
    expect(returned).toMatchObject({ totales: { inventario: TOTAL, historico: cerradas } });
    expect(cerradas).toBeGreaterThan(0);
    expect(cerradas).toBeLessThan(TOTAL);
    expect(
      await world.database.query(
        'SELECT almacen_codigo, producto_id, cantidad FROM inventario_historico ORDER BY 1, 2',
      ),
    ).toEqual(before);
    expect(
      await count(
        `SELECT count(*) FROM inventario_historico JOIN inventario_actual AS actual USING (ubicacion_id, almacen_codigo, producto_id)
          WHERE actual.cantidad <> inventario_historico.cantidad AND vigente_desde = fecha_reemplazo`,
      ),
    ).toBeGreaterThan(0);
  });

  it('asks KLK for one warehouse per request, three at once at most', async () => {
    const before = world.klk.requests.length;
    await world.invoke(scheduledEvent());

    const asked = world.klk.requests.slice(before);
    expect(asked.map(({ codigos }) => codigos).toSorted()).toEqual([
      ['APP-TBQ'],
      ['APP-TPF'],
      ['TANT'],
      ['TPAR'],
      ['TTZ'],
    ]);
    expect(world.klk.maxConcurrent).toBeLessThanOrEqual(3);
  });
});

describe('a payload', () => {
  it('that is empty means all active stores, by hand', async () => {
    const { returned } = await world.invoke({});

    expect(returned).toMatchObject({ origen: 'manual', estado: 'exitosa', totales: { cargadas: 5 } });
  });

  it('that names stores touches no other, and counts each once', async () => {
    await world.invoke(scheduledEvent());
    const otras = `SELECT almacen_codigo, producto_id, xmin::text FROM inventario_vigente WHERE ubicacion_id NOT IN ('tienda_08', 'tienda_20') ORDER BY 1, 2`;
    const before = await world.database.query(otras);
    const { returned } = await world.invoke({ tiendas: ['tienda_20', 'tienda_08', 'tienda_20'] });

    expect(returned).toMatchObject({
      tiendas: [{ id: 'tienda_20' }, { id: 'tienda_08' }],
      totales: {
        tiendas: 2,
        inventario: 2 * ARTICULOS,
        historico: await count('SELECT count(*) FROM inventario_versiones'),
      },
    });
    expect(await world.database.query(otras)).toEqual(before);
  });

  it('for a dry run extracts and checks everything, writes nothing and never asks for the database', async () => {
    await world.invoke(scheduledEvent());
    const before = await readEverything();
    const calls = world.secrets.calls.length;
    const { returned } = await world.invoke({ dryRun: true });

    expect(returned).toMatchObject({
      dryRun: true,
      estado: 'simulada',
      tiendas: ACTIVAS.map((id) => ({
        id,
        estado: 'simulada',
        almacenes: [{ estado: 'simulado', extraidos: ARTICULOS }],
      })),
      totales: { cargadas: 0, extraidos: TOTAL, inventario: 0, historico: 0 },
    });
    expect(world.secrets.calls.slice(calls)).toEqual([KLK_SECRET]);
    expect(await readEverything()).toEqual(before);
  });

  it('for a dry run succeeds without a database', async () => {
    world.secrets.setSecret(DB_SECRET, JSON.stringify({ ...world.dbSecret, port: 1 }));
    const { returned } = await world.invoke({ dryRun: true, tiendas: ['tienda_01'] });

    expect(returned).toMatchObject({ estado: 'simulada', totales: { tiendas: 1 } });
  });
});

it('Every count of the summary is what the tables say', async () => {
  world.klk.setFault('TANT', 'fila-mala');
  world.klk.setFault('TPAR', 'duplicado-igual');
  const { returned } = await world.invoke(scheduledEvent());

  const rows = await world.database.query(
    `SELECT almacen_codigo AS codigo, count(*)::integer AS inventario FROM inventario_actual GROUP BY 1 ORDER BY 1`,
  );
  expect(rows.map(({ codigo, inventario }) => [codigo, inventario])).toEqual([
    ['APP-TBQ', ARTICULOS],
    ['APP-TPF', ARTICULOS],
    ['TANT', ARTICULOS - 1],
    ['TPAR', ARTICULOS],
    ['TTZ', ARTICULOS],
  ]);
  expect(returned).toMatchObject({
    tiendas: expect.arrayContaining([
      expect.objectContaining({
        id: 'tienda_17',
        almacenes: [
          expect.objectContaining({
            extraidos: ARTICULOS,
            validos: ARTICULOS - 1,
            rechazados: 1,
            duplicados: 0,
            inventario: ARTICULOS - 1,
          }),
        ],
      }),
      expect.objectContaining({
        id: 'tienda_18',
        almacenes: [
          expect.objectContaining({
            extraidos: ARTICULOS + 1,
            validos: ARTICULOS,
            rechazados: 0,
            duplicados: 1,
            inventario: ARTICULOS,
          }),
        ],
      }),
    ]),
    totales: { rechazados: 1, extraidos: TOTAL + 1, inventario: TOTAL - 1 },
  });
});
