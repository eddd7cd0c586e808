import { beforeAll, describe, expect, it } from '@jest/globals';
import { readMovimiento } from '../../bin/queries/read-movimiento.ts';
import { useDatabase } from '../support/database.ts';
import { load, resetInventario } from '../support/inventory.ts';
import { insertRun } from '../support/past-runs.ts';
import { PERIFERICO, at, ejecucion, snapshot } from '../support/snapshots.ts';
import { askQuestion } from '../support/world.ts';

const database = await useDatabase();

describe('The movement of a run', () => {
  beforeAll(async () => {
    await resetInventario(database);
  });

  /** One run that began at this hour and loaded one warehouse a second later. */
  const run = async (
    digito: number,
    hora: string,
    cantidades: Readonly<Record<string, string>>,
  ): Promise<void> => {
    const extraccion = new Date(at(hora).getTime() + 1_000);
    await load(database.etl, snapshot(cantidades, { extraccion, ejecucionId: ejecucion(digito) }));
    await insertRun(database, {
      id: ejecucion(digito),
      inicio: at(hora),
      estado: 'exitosa',
      almacenes: [{ almacen: 'APP-TPF', tienda: PERIFERICO.id }],
    });
  };

  it('It counts the stock that changed or disappeared since the run before', async () => {
    await run(1, '08:00', { '000001': '5', '000002': '10', '000003': '1' });
    await run(2, '08:30', { '000001': '7.5', '000002': '10', '000003': '1' });
    await run(3, '09:00', { '000001': '7.5', '000002': '10', '000003': '1' });
    await run(4, '21:00', { '000001': '7.5', '000002': '-2', '000004': '9' });

    const moved = await askQuestion(database, readMovimiento);
    expect(moved.map(({ ejecucionId, articulos, cantidad }) => [ejecucionId, articulos, cantidad])).toEqual([
      [ejecucion(1), 0, 0],
      [ejecucion(2), 1, 2.5],
      [ejecucion(3), 0, 0],
      [ejecucion(4), 2, 13],
    ]);
  });
});
