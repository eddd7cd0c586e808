import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MIGRACION_REQUERIDA } from '../../lambdas/core/config/contract.ts';
import { createLogger } from '../../lambdas/core/run/log.ts';
import { checkDatabase } from '../../lambdas/core/postgres/preflight.ts';
import { prepareDatabase } from '../../lambdas/inventario-klk/load/prepare-database.ts';
import { readPrecedence } from '../../lambdas/inventario-klk/load/read-precedence.ts';
import type { Clock } from '../../lambdas/core/time/clock.ts';
import type { Precedence } from '../../lambdas/inventario-klk/extract/precedence.ts';
import { captureOutput, toLogLines } from '../support/captured-output.ts';
import type { LogLine } from '../support/captured-output.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { load, resetInventario, withPipelineDatabase } from '../support/loading.ts';
import { at, BOSQUE, PERIFERICO, snapshot } from '../support/snapshots.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

beforeEach(() => resetInventario(database));

afterEach(() => database.expectNoTrace());

afterAll(() => database.drop());

const check = (): Promise<void> => withPipelineDatabase(database.etl, (opened) => opened.use(checkDatabase));

describe('a database that cannot be loaded is refused', () => {
  const name = (): string => database.admin.database;

  it('when it lacks the last migration that this code needs', async () => {
    const rename = (from: string, to: string): Promise<unknown> =>
      database.query('UPDATE migraciones SET name = $2 WHERE name = $1', [from, to]);
    await rename(MIGRACION_REQUERIDA, '999_otra');
    await expect(check()).rejects.toMatchObject({
      codigo: 'BD_SIN_MIGRAR',
      message: expect.stringContaining(MIGRACION_REQUERIDA),
    });
    await rename('999_otra', MIGRACION_REQUERIDA);
    await expect(check()).resolves.toBeUndefined();
  });

  it('when it was never migrated', async () => {
    await database.query('ALTER TABLE migraciones RENAME TO otra');
    await expect(check()).rejects.toMatchObject({ codigo: 'BD_SIN_MIGRAR' });
    await database.query('ALTER TABLE otra RENAME TO migraciones');
  });

  it('not when it has more migrations than this code knows', async () => {
    await database.query(`INSERT INTO migraciones (name, run_on) VALUES ('999_futura', now())`);
    await expect(check()).resolves.toBeUndefined();
  });

  it('when it only reads', async () => {
    await database.query(`ALTER DATABASE ${name()} SET default_transaction_read_only = on`);
    await expect(check()).rejects.toMatchObject({ codigo: 'BD_SOLO_LECTURA' });
    await database.query('SET default_transaction_read_only = off');
    await database.query(`ALTER DATABASE ${name()} RESET default_transaction_read_only`);
  });

  it('when our user may not even read the migrations', async () => {
    await database.query('REVOKE SELECT ON migraciones FROM etl');
    await expect(check()).rejects.toMatchObject({ codigo: 'BD_PERMISO' });
    await database.query('GRANT SELECT ON migraciones TO etl');
  });
});

async function prepare(): Promise<{ clock: Clock; precedence: Precedence; lines: LogLine[] }> {
  const { outcome, output } = await captureOutput(() =>
    withPipelineDatabase(database.etl, async (opened) => {
      const { signal } = new AbortController();
      const logger = createLogger('prueba', 'inventario');
      const tiendas = [PERIFERICO, BOSQUE];
      const clock = await prepareDatabase(opened, tiendas, logger, signal);
      const records = { connection: opened, limit: () => signal };
      return { clock, precedence: await readPrecedence(opened, records, tiendas, logger, signal) };
    }),
  );
  if (outcome.status === 'rejected') throw outcome.reason;
  return { ...outcome.value, lines: toLogLines(output) };
}

describe('preparing a database', () => {
  it('inserts stores and warehouses of the catalogue, and says nothing when all is well', async () => {
    await database.query('DELETE FROM almacenes');
    await database.query('DELETE FROM ubicaciones');
    const { lines } = await prepare();

    expect(lines).toEqual([]);
    expect(
      await database.query('SELECT codigo, nombre, ubicacion_id FROM almacenes ORDER BY codigo'),
    ).toEqual([
      { codigo: 'APP-PPF', nombre: 'PRINCIPAL', ubicacion_id: 'tienda_01' },
      { codigo: 'APP-TBQ', nombre: 'PISO DE VENTA', ubicacion_id: 'tienda_08' },
      { codigo: 'APP-TPF', nombre: 'PISO DE VENTA', ubicacion_id: 'tienda_01' },
    ]);
  });

  it('names the warehouses whose inventory is oldest first, those without any before all', async () => {
    await load(database.etl, snapshot({ '1': '1' }, { almacen: 'APP-PPF', extraccion: at('11:00') }));
    await load(database.etl, snapshot({ '1': '1' }, { almacen: 'APP-TPF', extraccion: at('10:00') }));

    expect((await prepare()).precedence.order).toEqual(['APP-TBQ', 'APP-TPF', 'APP-PPF']);
  });

  it("follows the database's clock, whatever this machine's says", async () => {
    const { clock } = await prepare();
    const [{ ahora } = {}] = await database.query('SELECT clock_timestamp() AS ahora');

    expect(Math.abs(clock.now().getTime() - new Date(String(ahora)).getTime())).toBeLessThan(10_000);
  });

  it('warns of versions in the default partition', async () => {
    await database.query(
      `INSERT INTO inventario_versiones
              (ubicacion_id, almacen_codigo, producto_id, cantidad, vigente_desde, vigente_hasta, cambia_precio)
       VALUES ('tienda_01', 'APP-TPF', '1', 5, '2001-01-01Z', '2001-01-02Z', false)`,
    );
    const { lines } = await prepare();

    expect(lines).toMatchObject([
      { level: 'WARN', message: expect.stringContaining('inventario_versiones_default') },
    ]);
  });
});
