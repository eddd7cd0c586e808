import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { runOn, useDatabase } from '../support/database.ts';
import { codeBlocks, readDocument } from '../support/guide.ts';
import { insertTiendas, load, resetInventario } from '../support/inventory.ts';
import { insertRun } from '../support/past-runs.ts';
import { PERIFERICO, at, ejecucion, snapshot } from '../support/snapshots.ts';

const GUIDE = readDocument('docs/operacion.md');

/** The statements that a section of the guide tells one to run, as they stand there. */
const sqlOf = (heading: string): string => codeBlocks(GUIDE, 'sql', heading).join(';\n');

/** Later than what the database called now() a moment ago, in whole milliseconds. */
const justNow = (): Date => new Date(Date.now() + 1);

const database = await useDatabase();

describe('The SQL of the operations guide', () => {
  beforeAll(async () => {
    await resetInventario(database);
    await insertTiendas(database.etl, [
      {
        ...PERIFERICO,
        id: 'tienda_15',
        sucursalKlk: 'SUC006',
        almacenes: [{ codigo: 'TTISBC', nombre: 'PISO DE VENTA' }],
      },
    ]);
    await load(database.etl, snapshot({ '000001': '5' }));
  });

  const run = (heading: string): Promise<Record<string, unknown>[]> => runOn(database.admin, sqlOf(heading));
  const ubicacionesDe = async (table: string): Promise<unknown[]> =>
    (await database.query(`SELECT DISTINCT ubicacion_id FROM ${table} WHERE almacen_codigo = 'APP-TPF'`)).map(
      ({ ubicacion_id: id }) => id,
    );

  it('All of it is tried in a test', () => {
    const tried = [
      'Agregar una tienda',
      'Mover un almacén a otra tienda',
      'Quitar una tienda',
      'Huecos',
      'Filas en la partición por defecto',
      'El turno ocupado',
      // test/faults/database-clock.test.ts
      'Horas del futuro',
    ].flatMap((heading) => codeBlocks(GUIDE, 'sql', heading));
    const [, alarmsAndAfter = ''] = GUIDE.split(/^## Preguntar$/m);
    expect(codeBlocks(alarmsAndAfter, 'sql')).toEqual(tried);
    expect(tried).toHaveLength(8);
  });

  it('It has every statement that changes data: the error catalogue only links to it', () => {
    const catalogue = readDocument('docs/errores.md');
    expect(catalogue.match(/`(UPDATE|INSERT|DELETE|TRUNCATE|DROP)\b[^`]*`/g) ?? []).toEqual([]);
    expect(catalogue).toContain('(operacion.md#mover-un-almacén-a-otra-tienda)');
  });

  it('The queries for a first look and for each alarm run', async () => {
    const [beginning = ''] = GUIDE.split(/^## Preguntar$/m);
    const questions = codeBlocks(beginning, 'sql');
    expect(questions.length).toBeGreaterThanOrEqual(3);
    for (const question of questions) await runOn(database.etl, question);
  });

  it('It completes the row of a new store', async () => {
    await run('Agregar una tienda');
    expect(await database.query(`SELECT region, ciudad FROM ubicaciones WHERE id = 'tienda_15'`)).toEqual([
      { region: 'CARABOBO', ciudad: 'VALENCIA' },
    ]);
  });

  it('It moves a warehouse with its current rows to another store, and its history stays with the old one', async () => {
    await run('Mover un almacén a otra tienda');
    expect(await ubicacionesDe('inventario_actual')).toEqual(['tienda_15']);
    const storeAt = (momento: Date): Promise<unknown> =>
      database.query('SELECT ubicacion_id FROM inventario_en($1)', [momento]);
    expect(await storeAt(at('10:15'))).toEqual([{ ubicacion_id: PERIFERICO.id }]);
    const moved = snapshot({ '000001': '6' }, { ubicacionId: 'tienda_15', extraccion: justNow() });
    expect(await load(database.etl, moved)).toMatchObject({ inventario: 1, historico: 1 });
    expect(await storeAt(at('10:15'))).toEqual([{ ubicacion_id: PERIFERICO.id }]);
    expect(await storeAt(moved.extraccion)).toEqual([{ ubicacion_id: 'tienda_15' }]);
    expect(await ubicacionesDe('inventario_historico')).toEqual([PERIFERICO.id]);
  });

  it('It retires the rows of a store into the history, and a later load begins anew', async () => {
    // The article is unreadable when the store is retired, which ends that too.
    const refused = snapshot(
      { '000002': '1' },
      { ubicacionId: 'tienda_15', extraccion: justNow(), codigosRechazados: ['000001'] },
    );
    expect(await load(database.etl, refused)).toMatchObject({ inventario: 2, conservados: 1 });
    await database.query('SELECT pg_sleep(0.01)');

    await run('Quitar una tienda');
    expect(await ubicacionesDe('inventario_actual')).toEqual([]);
    expect(await database.query('SELECT FROM inventario_en(now())')).toEqual([]);
    expect(await database.query('SELECT FROM inventario_sin_confirmar WHERE reconfirmado IS NULL')).toEqual(
      [],
    );
    expect(
      await database.query(
        `SELECT ubicacion_id, producto_id, cantidad::text, precio_venta::text, fecha_snapshot
           FROM inventario_historico WHERE fecha_reemplazo > now() - interval '1 hour'
            AND ubicacion_id = 'tienda_15' ORDER BY producto_id`,
      ),
    ).toMatchObject([
      { producto_id: '000001', cantidad: '6', precio_venta: '4.939655' },
      {
        producto_id: '000002',
        cantidad: '1',
        precio_venta: '4.939655',
        fecha_snapshot: refused.extraccion,
      },
    ]);
    const again = snapshot({ '000001': '7' }, { ubicacionId: 'tienda_15', extraccion: justNow() });
    expect(await load(database.etl, again)).toMatchObject({ inventario: 1, historico: 0 });
    expect(
      await database.query(
        `SELECT producto_id, cantidad::text FROM inventario_actual WHERE almacen_codigo = 'APP-TPF'`,
      ),
    ).toEqual([{ producto_id: '000001', cantidad: '7' }]);
  });

  it('It retires what a load brought while the removal waited for it', async () => {
    const loading = await database.openSession();
    await loading.query(`BEGIN; SELECT FROM almacenes WHERE codigo = 'APP-TPF' FOR UPDATE`);
    const removing = run('Quitar una tienda');
    await database.untilSomebodyWaits();
    await loading.query(
      `INSERT INTO almacen_snapshots (almacen_codigo, extraccion, ubicacion_id, ejecucion_id, articulos, suma_cantidades)
       VALUES ('APP-TPF', clock_timestamp(), 'tienda_15', '${ejecucion(2)}', 1, 8);
       UPDATE inventario_vigente SET cantidad = 8, vigente_desde = (SELECT max(extraccion) FROM almacen_snapshots);
       COMMIT`,
    );
    await loading.end();
    await removing;

    expect(await ubicacionesDe('inventario_actual')).toEqual([]);
    expect(
      await database.query(
        `SELECT producto_id, cantidad::text FROM inventario_historico
          WHERE fecha_reemplazo = (SELECT max(extraccion) FROM almacen_snapshots)`,
      ),
    ).toEqual([{ producto_id: '000001', cantidad: '8' }]);
  });

  it('Removing a store deletes its slices that are still due, and its row on the page', async () => {
    await database.query(
      `UPDATE ubicaciones SET activo = true;
       INSERT INTO ventas_tramos (ubicacion_id, dia, desde, hasta)
       VALUES ('tienda_01', current_date - 3, '00:00', '24:00'), ('tienda_15', current_date - 3, '00:00', '24:00')`,
    );
    const expected = (): Promise<Record<string, unknown>[]> =>
      database.query(
        `SELECT DISTINCT ubicacion_id, EXISTS (SELECT FROM consultas.tiendas WHERE id = ubicacion_id) AS en_la_pagina
           FROM cobertura_ventas WHERE estado = 'falta' ORDER BY ubicacion_id`,
      );
    expect(await expected()).toEqual([
      { ubicacion_id: 'tienda_01', en_la_pagina: true },
      { ubicacion_id: 'tienda_15', en_la_pagina: true },
    ]);
    await run('Quitar una tienda');
    expect(await expected()).toEqual([{ ubicacion_id: 'tienda_15', en_la_pagina: true }]);
  });

  it('It finds the gaps of more than an hour of each warehouse, also one that still lasts', async () => {
    for (const hora of ['08:00', '10:00', '10:30']) {
      await load(database.etl, snapshot({ '000001': '5' }, { almacen: 'APP-PPF', extraccion: at(hora) }));
    }
    // A run that loaded nothing ends no gap.
    await insertRun(database, {
      id: ejecucion(1),
      inicio: at('08:30'),
      estado: 'fallida',
      codigo: 'BD_INACCESIBLE',
    });
    const gaps = await run('Huecos');
    expect(gaps.filter(({ almacen_codigo: almacen }) => almacen === 'APP-PPF')).toMatchObject([
      { desde: at('10:30') },
      { desde: at('08:00'), hasta: at('10:00') },
    ]);
    expect(gaps.map(({ almacen_codigo: almacen }) => almacen).toSorted()).toEqual([
      'APP-PPF',
      'APP-PPF',
      'APP-TPF',
    ]);
  });

  it('It moves the versions of the default partition into their months, and loses none', async () => {
    await database.query(
      `INSERT INTO inventario_versiones
              (ubicacion_id, almacen_codigo, producto_id, cantidad, precio_venta, vigente_desde, vigente_hasta, cambia_precio, precio_siguiente)
       SELECT 'tienda_01', 'APP-PPF', '000001', n, n + 0.5, dia - interval '1 hour', dia, true, n + 1.5
         FROM unnest(ARRAY['2020-01-31 23:59Z', '2020-02-01 00:00Z', '2020-02-29 12:00Z']::timestamptz[]) WITH ORDINALITY AS d (dia, n)`,
    );
    const rows = (): Promise<Record<string, unknown>[]> =>
      database.query('SELECT v::text FROM inventario_versiones v ORDER BY 1');
    const before = await rows();

    // With these two settings a session reads the abbreviation IST back as the time of Israel.
    const session = await database.openSession();
    await session.query(`SET timezone = 'Asia/Kolkata'; SET datestyle = 'SQL, DMY'`);
    await session.query(sqlOf('Filas en la partición por defecto'));
    await session.end();
    expect(await rows()).toEqual(before);
    expect(await database.query('SELECT FROM inventario_versiones_default')).toEqual([]);
    expect(
      await database.query(
        `SELECT tableoid::regclass::text AS particion, count(*)::integer AS filas
           FROM inventario_versiones WHERE vigente_hasta < '2021-01-01' GROUP BY 1 ORDER BY 1`,
      ),
    ).toEqual([
      { particion: 'inventario_versiones_2020_01', filas: 1 },
      { particion: 'inventario_versiones_2020_02', filas: 2 },
    ]);
  });

  it('It keeps everybody but those that it names from connecting, and the pipeline connects', async () => {
    const other = `otro_${randomBytes(4).toString('hex')}`;
    await database.query(`CREATE ROLE ${other} LOGIN PASSWORD 'clave-del-otro'`);
    const asOther = (): Promise<unknown> =>
      runOn({ ...database.admin, user: other, password: 'clave-del-otro' }, 'SELECT 1');
    await asOther();
    await runOn(
      database.admin,
      sqlOf('El turno ocupado')
        .replaceAll('inventario_klk', database.admin.database)
        .replaceAll('inventario_etl', database.etl.user),
    );
    await expect(asOther()).rejects.toMatchObject({ code: '42501' });
    await runOn(database.etl, 'SELECT FROM inventario_actual');
    await database.query(`DROP ROLE ${other}`);
  });
});
