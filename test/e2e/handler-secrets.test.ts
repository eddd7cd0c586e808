import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readAllVersions } from '../support/inventory-state.ts';
import { DB_SECRET, KLK_SECRET, startLambdaWorld } from '../support/lambda-world.ts';
import { scheduledEvent } from '../../bin/commands/invoke-locally.ts';
import type { LambdaWorld } from '../support/lambda-world.ts';

let world: LambdaWorld;

beforeAll(async () => {
  world = await startLambdaWorld();
});

beforeEach(() => world.reset());

afterEach(() => world.database.expectNoTrace());

afterAll(() => world.close());

describe('a secret', () => {
  it('that sends to a port which is not open is refused at once', async () => {
    process.env['KLK_PUERTO'] = '7002';
    const before = await readAllVersions(world.database);
    const requests = world.klk.requests.length;
    const { thrown } = await world.invoke(scheduledEvent());

    expect(thrown).toMatchObject({
      name: 'EjecucionFallida',
      message: expect.stringMatching(/KLK_PUERTO_CERRADO.*7002/s),
    });
    expect(world.klk.requests).toHaveLength(requests);
    expect(await readAllVersions(world.database)).toEqual(before);
  });

  const CANARIO = 'v4lor-que-nadie-debe-leer';
  const db = { host: 'localhost', port: 5432, dbname: 'inventario', username: 'etl', password: CANARIO };
  it.each([
    ['is no JSON', 'DB_SECRET_ARN', `postgres://etl:${CANARIO}@localhost/inventario`],
    ['is a text', 'DB_SECRET_ARN', JSON.stringify(CANARIO)],
    ['is a list', 'DB_SECRET_ARN', JSON.stringify([CANARIO])],
    ['lacks its password', 'DB_SECRET_ARN', JSON.stringify({ ...db, password: undefined, clave: CANARIO })],
    ['has an empty password', 'DB_SECRET_ARN', JSON.stringify({ ...db, host: CANARIO, password: '' })],
    [
      'has a password that is no text',
      'DB_SECRET_ARN',
      JSON.stringify({ ...db, password: { valor: CANARIO } }),
    ],
    ['has a port that is none', 'DB_SECRET_ARN', JSON.stringify({ ...db, port: CANARIO })],
    ['has a port out of range', 'DB_SECRET_ARN', JSON.stringify({ ...db, port: 70_000 })],
    ['is no JSON', 'KLK_SECRET_ARN', `http://${CANARIO}@127.0.0.1:7002`],
    ['has no address', 'KLK_SECRET_ARN', JSON.stringify({ headers: { 'x-api-key': CANARIO } })],
    ['has an address that is none', 'KLK_SECRET_ARN', JSON.stringify({ baseUrl: CANARIO })],
    [
      'has an address of another protocol',
      'KLK_SECRET_ARN',
      JSON.stringify({ baseUrl: `ftp://${CANARIO}/` }),
    ],
    [
      'has a password in the address',
      'KLK_SECRET_ARN',
      JSON.stringify({ baseUrl: `http://u:${CANARIO}@127.0.0.1:7002` }),
    ],
    [
      'has a header with a line break',
      'KLK_SECRET_ARN',
      JSON.stringify({ baseUrl: 'http://127.0.0.1:7002', headers: { 'x-api-key': `${CANARIO}\r\nx: y` } }),
    ],
    [
      'has a header that is no text',
      'KLK_SECRET_ARN',
      JSON.stringify({ baseUrl: 'http://127.0.0.1:7002', headers: { 'x-api-key': [CANARIO] } }),
    ],
  ] as const)('that %s is refused without telling what it holds (%s)', async (_title, variable, value) => {
    world.secrets.setSecret(variable === 'DB_SECRET_ARN' ? DB_SECRET : KLK_SECRET, value);
    const { thrown, output } = await world.invoke(scheduledEvent());

    expect(thrown).toMatchObject({
      name: 'EjecucionFallida',
      message: expect.stringMatching(new RegExp(`SECRETO_INVALIDO.*${variable}`, 's')),
    });
    expect(`${output} ${String(thrown)}`).not.toContain(CANARIO);
  });

  it('that does not exist is named by its variable', async () => {
    process.env['DB_SECRET_ARN'] = `${DB_SECRET}-otro`;
    const { thrown } = await world.invoke(scheduledEvent());

    expect(thrown).toMatchObject({
      name: 'EjecucionFallida',
      message: expect.stringMatching(/SECRETO_INACCESIBLE.*DB_SECRET_ARN/s),
    });
  });
});
