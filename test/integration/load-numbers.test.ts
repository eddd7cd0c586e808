import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { useDatabase } from '../support/database.ts';
import { readHistorico, readInventario } from '../support/inventory.ts';
import { load, resetInventario } from '../support/inventory.ts';
import { startPgProxy } from '../support/pg-proxy.ts';
import { at, existencia, snapshot } from '../support/snapshots.ts';

const database = await useDatabase();

beforeEach(() => resetInventario(database));

const TWENTY_DECIMALS = '0.12345678901234567891';

describe('Numbers', () => {
  it('Quantities keep every decimal, in the current rows and in the history', async () => {
    const cantidades = { '000001': TWENTY_DECIMALS, '000002': '-999999999.99999999999999999999' };
    await load(database.etl, snapshot(cantidades));
    await load(database.etl, snapshot({ '000001': '1', '000002': '2' }, { extraccion: at('10:30') }));

    expect((await readHistorico(database)).map(({ cantidad }) => cantidad)).toEqual(
      Object.values(cantidades),
    );
  });

  it('Price and tax keep every decimal', async () => {
    const inventario = [existencia('000001', '1', { precio_venta: TWENTY_DECIMALS, iva: '8.25' })];
    await load(database.etl, snapshot({ '000001': '1' }, { inventario }));

    expect(await database.query('SELECT precio_venta, iva FROM inventario_actual')).toEqual([
      { precio_venta: TWENTY_DECIMALS, iva: '8.25' },
    ]);
  });

  it('Quantities that floating point cannot add up pass the check of the sum', async () => {
    const cantidades = {
      '000001': '0.1',
      '000002': '0.2',
      '000003': '999999999.999999999',
      '000004': '-0.3',
    };
    await expect(load(database.etl, snapshot(cantidades))).resolves.toMatchObject({ inventario: 4 });
  });
});

describe('The check after a load', () => {
  const disturb = (statement: string): Promise<unknown> =>
    database.query(
      `CREATE FUNCTION alterar() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${statement} END $$;
       CREATE TRIGGER alterar BEFORE INSERT ON inventario_vigente FOR EACH ROW EXECUTE FUNCTION alterar()`,
    );

  afterEach(() => database.query('DROP FUNCTION alterar() CASCADE'));

  it.each([
    ['changes a quantity of it', 'NEW.cantidad := NEW.cantidad + 0.00000000000000000001; RETURN NEW;'],
    [
      'drops one of its rows, without stock',
      `IF NEW.producto_id = '000002' THEN RETURN NULL; END IF; RETURN NEW;`,
    ],
  ])('A load is refused and undone when the database %s', async (_title, statement) => {
    await load(database.etl, snapshot({ '000009': '1' }));
    await disturb(statement);
    const refused = load(
      database.etl,
      snapshot({ '000001': '5', '000002': '0' }, { extraccion: at('10:30') }),
    );

    await expect(refused).rejects.toMatchObject({ codigo: 'VERIFICACION_FALLIDA' });
    expect(await readInventario(database)).toEqual([
      { codigo: '000009', cantidad: '1', desde: '10:00', confirmada: '10:00' },
    ]);
    expect(await readHistorico(database)).toEqual([]);
  });
});

it('A load takes fewer than ten statements, however many rows it has', async () => {
  const cantidades = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [String(index), '1']));
  const proxy = await startPgProxy(database.etl);
  const counts = await load({ ...database.etl, port: proxy.port }, snapshot(cantidades));
  const statements = proxy.statements();
  await proxy.close();

  expect(counts).toMatchObject({ inventario: 5_000 });
  const ofTheLoad = statements.slice(statements.indexOf('BEGIN'));
  expect(ofTheLoad.at(-1)).toBe('COMMIT');
  expect(ofTheLoad.length).toBeLessThan(10);
});
