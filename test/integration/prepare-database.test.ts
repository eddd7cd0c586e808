import { beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '../../lambdas/core/run/log.ts';
import { checkDatabase } from '../../lambdas/core/postgres/preflight.ts';
import { prepareDatabase } from '../../lambdas/inventario-klk/load/prepare-database.ts';
import { readPrecedence } from '../../lambdas/inventario-klk/load/read-precedence.ts';
import type { Clock } from '../../lambdas/core/time/clock.ts';
import type { Precedence } from '../../lambdas/inventario-klk/precedence.ts';
import { captureOutput, toLogLines } from '../support/output.ts';
import type { LogLine } from '../support/output.ts';
import { useDatabase } from '../support/database.ts';
import { load, resetInventario, withPipelineDatabase } from '../support/inventory.ts';
import { at, BOSQUE, PERIFERICO, snapshot } from '../support/snapshots.ts';

const database = await useDatabase();

beforeEach(() => resetInventario(database));

const check = (): Promise<void> => withPipelineDatabase(database.etl, (opened) => opened.use(checkDatabase));

describe('The check of a database before a load', () => {
  it('A database with more migrations than this code knows passes', async () => {
    await database.query(`INSERT INTO migraciones (name, run_on) VALUES ('999_futura', now())`);
    await expect(check()).resolves.toBeUndefined();
  });

  it('A database whose migrations our user may not read fails with BD_PERMISO', async () => {
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

describe('Preparing a database', () => {
  it('It inserts the stores and warehouses of the catalogue, and logs nothing', async () => {
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

  it('It puts the warehouses with the oldest inventory first, those without any before all', async () => {
    await load(database.etl, snapshot({ '1': '1' }, { almacen: 'APP-PPF', extraccion: at('11:00') }));
    await load(database.etl, snapshot({ '1': '1' }, { almacen: 'APP-TPF', extraccion: at('10:00') }));

    expect((await prepare()).precedence.order).toEqual(['APP-TBQ', 'APP-TPF', 'APP-PPF']);
  });

  it("It follows the database's clock", async () => {
    const { clock } = await prepare();
    const [{ ahora } = {}] = await database.query('SELECT clock_timestamp() AS ahora');

    expect(Math.abs(clock.now().getTime() - new Date(String(ahora)).getTime())).toBeLessThan(10_000);
  });

  it('It warns of versions in the default partition', async () => {
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
