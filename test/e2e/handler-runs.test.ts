import { beforeEach, describe, expect, it } from '@jest/globals';
import { scheduledEvent } from '../../bin/program/invoke-locally.ts';
import { METRICAS } from '../../lambdas/core/config/contract.ts';
import { readAllVersions } from '../support/inventory.ts';
import { closedPort } from '../support/network.ts';
import { emittedValues } from '../support/output.ts';
import { ACTIVAS, ARTICULOS, DB_SECRET, KLK_SECRET, almacenesOf, useWorld } from '../support/world.ts';
import type { Invocation } from '../support/world.ts';

const TOTAL = ACTIVAS.length * ARTICULOS;

const world = await useWorld();

beforeEach(() => world.reset());

const count = async (sql: string): Promise<unknown> =>
  (await world.database.query(`SELECT (${sql})::integer AS n`))[0]?.['n'];

describe('A scheduled event', () => {
  it('It loads every active store', async () => {
    const { returned } = await world.invoke(scheduledEvent());

    expect(returned).toMatchObject({
      origen: 'programada',
      dryRun: false,
      estado: 'exitosa',
      tiendas: ACTIVAS.map(({ id }) => ({
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

  it('When it comes again, it closes the versions that changed, and the history shows every replaced row', async () => {
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

  it('It asks KLK for one warehouse per request, three at once at most', async () => {
    await world.invoke(scheduledEvent());

    expect(world.klk.requests.map(({ codigos }) => codigos.join()).toSorted()).toEqual(
      almacenesOf(ACTIVAS).toSorted(),
    );
    expect(world.klk.maxConcurrent).toBeLessThanOrEqual(3);
  });
});

describe('An event by hand', () => {
  it('An empty event loads all active stores', async () => {
    const { returned } = await world.invoke({});

    expect(returned).toMatchObject({ origen: 'manual', estado: 'exitosa', totales: { cargadas: 5 } });
  });

  it('An event that names stores loads each of them once, and no other', async () => {
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

  it('A dry run extracts and checks everything, writes nothing and does not read the secret of the database', async () => {
    await world.invoke(scheduledEvent());
    const before = await readAllVersions(world.database);
    world.secrets.calls.splice(0);
    const { returned } = await world.invoke({ dryRun: true });

    expect(returned).toMatchObject({
      dryRun: true,
      estado: 'simulada',
      tiendas: ACTIVAS.map(({ id }) => ({
        id,
        estado: 'simulada',
        almacenes: [{ estado: 'simulado', extraidos: ARTICULOS }],
      })),
      totales: { cargadas: 0, extraidos: TOTAL, inventario: 0, historico: 0 },
    });
    expect(world.secrets.calls).toEqual([KLK_SECRET]);
    expect(await readAllVersions(world.database)).toEqual(before);
  });

  it('A dry run succeeds without a database', async () => {
    world.secrets.setSecret(DB_SECRET, JSON.stringify({ ...world.dbSecret, port: 1 }));
    const { returned } = await world.invoke({ dryRun: true, tiendas: ['tienda_01'] });

    expect(returned).toMatchObject({ estado: 'simulada', totales: { tiendas: 1 } });
  });
});

it('The counts of the summary are those of the tables', async () => {
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

describe('The metric of failed scheduled runs', () => {
  const failed = ({ output }: Invocation): unknown[] => emittedValues(output, METRICAS.programadaFallida);

  it('It is 0 for a run that loaded every store', async () => {
    expect(failed(await world.invoke(scheduledEvent()))).toEqual([0]);
  });

  it('It is 1 for a run that left a store as it was', async () => {
    world.klk.setFault('TANT', 'vacia');
    expect(failed(await world.invoke(scheduledEvent()))).toEqual([1]);
  });

  it('It is 1 for a run that reached no store', async () => {
    world.secrets.setSecret(DB_SECRET, JSON.stringify({ ...world.dbSecret, port: await closedPort() }));
    expect(failed(await world.invoke(scheduledEvent()))).toEqual([1]);
  });

  it('It is not emitted for an event by hand, failed or mistyped', async () => {
    world.klk.setFault('TANT', 'vacia');
    const byHand = await world.invoke({ tiendas: ['tienda_17'] });
    const mistyped = await world.invoke({ tienda: 'tienda_17' });

    expect(byHand.thrown).toMatchObject({ name: 'EjecucionIncompleta' });
    expect(mistyped.thrown).toMatchObject({ name: 'SolicitudInvalida' });
    expect([...failed(byHand), ...failed(mistyped)]).toEqual([]);
  });
});
