import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MENSAJES_INVENTARIO } from '../../lambdas/inventario-klk/log.ts';
import { existencias } from './klk-answers.ts';
import { almacenOf, everywhere, outcomes } from './expectations.ts';
import type { RunOptions } from './pipeline-run.ts';
import {
  ERRORS_OF_THE_SERVER,
  SNAPSHOT_OF_AAA,
  forgetErrors,
  provokeError,
  spoilRow,
} from './provoked-error.ts';
import { useWatchedWorld } from './watched-world.ts';

afterEach(() => forgetErrors(world.database));
const world = await useWatchedWorld();
const { database, settings } = world;
beforeEach(async () => {
  await world.reset();
  await world.run();
  world.serveVersion(2);
});

/** While the database refuses something about AAA it fails with this code, and the others load. */
async function expectOnlyAaaFails(codigo: string, options: RunOptions = {}): Promise<void> {
  expect(outcomes(await world.run(options))).toEqual({ ...everywhere('cargado'), AAA: codigo });
}

describe('A load that the server refuses', () => {
  const ROW = `SELECT FROM almacenes WHERE codigo = 'AAA' FOR UPDATE`;
  const INVENTORY = `SELECT FROM inventario_vigente WHERE almacen_codigo = 'AAA' FOR UPDATE`;

  it.each([
    ['BD_BLOQUEO', 'its row stays locked', ROW, {}],
    ['BD_BLOQUEO', 'its inventory stays locked', INVENTORY, {}],
    [
      'BD_TIEMPO',
      'its inventory stays locked for longer than a statement may take',
      INVENTORY,
      { statementTimeoutMs: 300 },
    ],
  ])('A warehouse fails alone with %s when %s', async (codigo, _what, lock, options) => {
    const other = await database.openSession();
    await other.query(`BEGIN; ${lock}`);
    await expectOnlyAaaFails(codigo, options);
    await other.end();
  });

  it.each(ERRORS_OF_THE_SERVER)(
    'A warehouse fails alone with %s when %s',
    async (codigo, _what, sqlState) => {
      await provokeError(database, SNAPSHOT_OF_AAA, sqlState);
      await expectOnlyAaaFails(codigo);
    },
  );

  it('A load that a lock timeout stopped is repeated', async () => {
    await provokeError(database, SNAPSHOT_OF_AAA, '55P03', 2);
    expect((await world.run()).estado).toBe('exitosa');
  });

  it('All warehouses fail with BD_PERMISO, which names the table, when a right is missing, and load once it is back', async () => {
    await database.query(`REVOKE INSERT ON inventario_versiones FROM ${settings.user}`);
    const resumen = await world.run();
    await database.query(`GRANT INSERT ON inventario_versiones TO ${settings.user}`);
    expect(outcomes(resumen)).toEqual(everywhere('BD_PERMISO'));
    expect(almacenOf(resumen, 'AAA').error?.mensaje).toContain('inventario_versiones');
    expect((await world.run()).estado).toBe('exitosa');
  });

  it('A warehouse that the database has in another store fails alone', async () => {
    await database.query(`UPDATE almacenes SET ubicacion_id = 'tienda_b' WHERE codigo = 'AAA'`);
    await expectOnlyAaaFails('ALMACEN_EN_CONFLICTO');
  });
});

describe('A database that stores something else than was sent', () => {
  it.each([
    ['loses', 'lose'],
    ['changes', 'change'],
  ] as const)('A load is rolled back when the database %s one of its rows', async (_what, how) => {
    await spoilRow(database, how);
    world.serve('AAA', new Map([...existencias('AAA', 2), ['000300', 5]]));
    await expectOnlyAaaFails('VERIFICACION_FALLIDA');
  });
});

describe('A history without a partition for this month', () => {
  const thisMonth = `inventario_versiones_${new Date().toISOString().slice(0, 7).replace('-', '_')}`;
  const readPlaces = (): Promise<unknown> =>
    database.query('SELECT DISTINCT tableoid::regclass::text AS tabla FROM inventario_versiones');

  it('Versions go to the default partition, the run warns of them, and whoever migrates moves them', async () => {
    await database.query('DELETE FROM inventario_versiones');
    await database.query(`DROP TABLE ${thisMonth}`);
    expect((await world.run()).estado).toBe('exitosa');
    expect(await readPlaces()).toEqual([{ tabla: 'inventario_versiones_default' }]);

    world.serveVersion(2);
    expect((await world.run()).estado).toBe('exitosa');
    expect(world.lines().map(({ message }) => message)).toContain(MENSAJES_INVENTARIO.versionesSueltas);

    await database.query('SELECT crear_particiones()');
    expect(await readPlaces()).toEqual([{ tabla: thisMonth }]);
  });
});
