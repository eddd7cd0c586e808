import { beforeEach, expect, it } from '@jest/globals';
import { readNotLoaded } from '../../bin/queries/read-not-loaded.ts';
import { useDatabase } from '../support/database.ts';
import { insertRun } from '../support/past-runs.ts';
import { PERIFERICO, at, ejecucion } from '../support/snapshots.ts';
import { askQuestion } from '../support/world.ts';

const tienda = PERIFERICO.id;

const database = await useDatabase();

/** UNO was loaded, DOS failed, TRES was omitted; NUNCA was never asked for. */
beforeEach(async () => {
  await database.query('DELETE FROM etl_ejecuciones');
  await insertRun(database, {
    id: ejecucion(1),
    inicio: at('10:00'),
    estado: 'parcial',
    almacenes: [
      { almacen: 'UNO', tienda },
      { almacen: 'DOS', tienda, codigo: 'KLK_VACIA' },
      { almacen: 'TRES', tienda, codigo: 'SIN_TIEMPO', estado: 'omitido' },
    ],
  });
});

const ask = (): Promise<string[]> =>
  askQuestion(database, (client) => readNotLoaded(client, ['UNO', 'DOS', 'TRES', 'NUNCA']));

it('A warehouse that failed or was omitted is listed as not loaded, and one without any attempt is not listed', async () => {
  expect(await ask()).toEqual(['DOS', 'TRES']);
});

it('The last attempt at each warehouse counts, whichever run made it', async () => {
  await insertRun(database, {
    id: ejecucion(2),
    inicio: at('10:30'),
    estado: 'exitosa',
    almacenes: [{ almacen: 'DOS', tienda }],
  });
  expect(await ask()).toEqual(['TRES']);
});

it('An omitted run does not count', async () => {
  await insertRun(database, { id: ejecucion(2), inicio: at('10:30'), estado: 'omitida' });
  expect(await ask()).toEqual(['DOS', 'TRES']);
});

it.each([
  ['died', { estado: 'abandonada' }],
  ['died and was not noticed yet', { estado: 'en_curso' }],
  ['failed before any store', { estado: 'fallida', codigo: 'SECRETO_INVALIDO' }],
])('After a run that %s, every warehouse that it did not record as loaded is listed', async (_title, run) => {
  await insertRun(database, {
    id: ejecucion(2),
    inicio: at('10:30'),
    almacenes: [{ almacen: 'DOS', tienda }],
    ...run,
  });
  expect(await ask()).toEqual(['NUNCA', 'TRES', 'UNO']);
});
