import { beforeEach, describe, expect, it } from '@jest/globals';
import { scheduledEvent } from '../../bin/program/invoke-locally.ts';
import { readAllVersions } from '../support/inventory.ts';
import { DB_SECRET, KLK_SECRET, useWorld } from '../support/world.ts';
import type { Invocation } from '../support/world.ts';

const world = await useWorld();

let before: unknown;

beforeEach(async () => {
  await world.reset();
  before = await readAllVersions(world.database);
});

/** Fails unless the handler throws an error of this name, with these parts in its message, before it writes anything or asks any system. */
async function expectRefused(
  { returned, thrown, lines }: Invocation,
  name: string,
  ...parts: string[]
): Promise<void> {
  expect(returned).toBeUndefined();
  expect(thrown).toMatchObject({ name });
  for (const part of parts) expect(thrown).toMatchObject({ message: expect.stringContaining(part) });
  expect(String(thrown).length).toBeLessThan(5_000);
  expect(lines.filter(({ message }) => message === 'RESUMEN ETL')).toEqual([]);
  expect(world.secrets.calls).toEqual([]);
  expect(world.klk.requests).toEqual([]);
  expect(await readAllVersions(world.database)).toEqual(before);
}

describe('An event that is not valid is refused whole', () => {
  const tiendas = (id: string): { tiendas: string[] } => ({ tiendas: ['tienda_01', id] });
  const LONG = 'x'.repeat(100_000);
  const many = <T>(item: (index: number) => T): T[] => Array.from({ length: 10_000 }, (_, n) => item(n));

  it.each<[string, unknown, ...string[]]>([
    ['null', null],
    ['undefined', undefined],
    ['a list', [{ dryRun: true }]],
    ['a text', 'tienda_01'],
    ['a number', 5],
    ['an unknown key', { dryrun: true }, 'dryrun'],
    ['a flag that is a text', { dryRun: 'false' }, 'dryRun'],
    ['a flag that is a number', { dryRun: 1 }, 'dryRun'],
    ['a flag that is null', { forzar: null }, 'forzar'],
    ['stores that are a text', { tiendas: 'tienda_01' }, 'tiendas'],
    ['no store at all', { tiendas: [] }, 'tiendas'],
    ['a store that is a number', { tiendas: [1] }, 'tiendas'],
    ['an unknown store among known ones', tiendas('tienda_99'), 'tienda_99'],
    ['an inactive store', tiendas('tienda_15'), 'tienda_15', 'inactiva'],
    ['a store by its name', tiendas('PERIFERICO'), 'PERIFERICO'],
    ['a store that only looks like one', tiendas('tienda_01 '), 'tienda_01 '],
    ['a name of JavaScript', tiendas('__proto__'), '__proto__'],
    ['forzar without stores', { forzar: true }, 'forzar', 'tiendas'],
    ['many problems at once', { dryRun: 'si', forzar: 3, otra: 1 }, 'dryRun', 'forzar', 'otra'],
    ['an event of another service', { ...scheduledEvent(), source: 'aws.s3' }, 'source'],
    ['a scheduled event that lacks its type', { source: 'aws.events' }, 'detail-type'],
    ['a scheduled event in a list', { Records: [scheduledEvent()] }, 'Records'],
    ['10,000 unknown stores', { tiendas: many((n) => `tienda_x${n}`) }, 'tienda_x0'],
    ['a store of 100,000 characters', { tiendas: [LONG] }],
    ['a key of 100,000 characters', { [LONG]: 1 }],
    ['10,000 keys', Object.fromEntries(many((n) => [`clave_${n}`, n]))],
  ])('%s', async (_title, event, ...parts) => {
    await expectRefused(await world.invoke(event), 'SolicitudInvalida', 'tienda_01', 'PERIFERICO', ...parts);
  });
});

describe('A wrong environment is refused with every problem at once', () => {
  it.each<[string, Record<string, string | undefined>, ...string[]]>([
    [
      'what is missing or empty',
      { DB_SECRET_ARN: undefined, KLK_PUERTO: undefined, KLK_SECRET_ARN: ' ' },
      ...['DB_SECRET_ARN: falta', 'KLK_SECRET_ARN: falta', 'KLK_PUERTO: falta'],
    ],
    [
      'what makes no sense',
      { KLK_PUERTO: '70000', KLK_TIMEOUT_MS: '30s', KLK_REINTENTOS: '-1', KLK_CONCURRENCIA: '0' },
      ...['KLK_PUERTO', 'KLK_TIMEOUT_MS', 'KLK_REINTENTOS', 'KLK_CONCURRENCIA'],
    ],
    [
      'a file of authorities that is not there',
      { DB_CA_ARCHIVO: '/no/existe.pem' },
      ...['DB_CA_ARCHIVO', '/no/existe.pem'],
    ],
    [
      'a file of authorities that holds none',
      { DB_CA_ARCHIVO: import.meta.filename },
      ...['DB_CA_ARCHIVO', import.meta.filename],
    ],
  ])('%s', async (_title, variables, ...parts) => {
    await expectRefused(
      await world.invoke(scheduledEvent(), { variables }),
      'ConfiguracionInvalida',
      ...parts,
    );
  });
});

describe('A secret that cannot be used', () => {
  const CANARY = 'v4lor-que-nadie-debe-leer';
  const db = { host: 'localhost', port: 5432, dbname: 'inventario', username: 'etl', password: CANARY };
  const klk = { baseUrl: 'http://127.0.0.1:7002' };

  it.each<[string, 'DB_SECRET_ARN' | 'KLK_SECRET_ARN', unknown]>([
    ['is no JSON', 'DB_SECRET_ARN', `postgres://etl:${CANARY}@localhost/inventario`],
    ['is cut off', 'DB_SECRET_ARN', `{"password":"${CANARY}`],
    ['is empty', 'DB_SECRET_ARN', ''],
    ['is a text', 'DB_SECRET_ARN', JSON.stringify(CANARY)],
    ['is a list', 'DB_SECRET_ARN', [CANARY]],
    ['lacks its password', 'DB_SECRET_ARN', { ...db, password: undefined, clave: CANARY }],
    ['has an empty password', 'DB_SECRET_ARN', { ...db, host: CANARY, password: '' }],
    ['has a password that is no text', 'DB_SECRET_ARN', { ...db, password: { valor: CANARY } }],
    ['has a port that is none', 'DB_SECRET_ARN', { ...db, port: CANARY }],
    ['has a port out of range', 'DB_SECRET_ARN', { ...db, port: 70_000 }],
    ['is no JSON', 'KLK_SECRET_ARN', `http://${CANARY}@127.0.0.1:7002`],
    ['has no address', 'KLK_SECRET_ARN', { headers: { 'x-api-key': CANARY } }],
    ['has an address that is none', 'KLK_SECRET_ARN', { baseUrl: CANARY }],
    ['has an address of another protocol', 'KLK_SECRET_ARN', { baseUrl: `ftp://${CANARY}/` }],
    ['has a password in the address', 'KLK_SECRET_ARN', { baseUrl: `http://u:${CANARY}@127.0.0.1:7002` }],
    [
      'has a header with a line break',
      'KLK_SECRET_ARN',
      { ...klk, headers: { 'x-api-key': `${CANARY}\r\nx: y` } },
    ],
    ['has a header that is no text', 'KLK_SECRET_ARN', { ...klk, headers: { 'x-api-key': [CANARY] } }],
  ])('A secret that %s is refused, and its value is not printed (%s)', async (_title, variable, secret) => {
    const arn = variable === 'DB_SECRET_ARN' ? DB_SECRET : KLK_SECRET;
    world.secrets.setSecret(arn, typeof secret === 'string' ? secret : JSON.stringify(secret));
    const { thrown, output } = await world.invoke(scheduledEvent());

    expect(thrown).toMatchObject({
      name: 'EjecucionFallida',
      message: expect.stringMatching(new RegExp(`SECRETO_INVALIDO.*${variable}`, 's')),
    });
    expect(`${output} ${String(thrown)}`).not.toContain(CANARY);
    expect(world.klk.requests).toEqual([]);
  });

  it('A secret that does not exist is named by its variable', async () => {
    const variables = { DB_SECRET_ARN: `${DB_SECRET}-otro` };
    const { thrown } = await world.invoke(scheduledEvent(), { variables });

    expect(thrown).toMatchObject({
      name: 'EjecucionFallida',
      message: expect.stringMatching(/SECRETO_INACCESIBLE.*DB_SECRET_ARN/s),
    });
  });

  it('An address of KLK on a port that the network does not open is refused without asking KLK', async () => {
    const { thrown } = await world.invoke(scheduledEvent(), { variables: { KLK_PUERTO: '7002' } });

    expect(thrown).toMatchObject({
      name: 'EjecucionFallida',
      message: expect.stringMatching(/KLK_PUERTO_CERRADO.*7002/s),
    });
    expect(world.klk.requests).toEqual([]);
    expect(await world.database.query('SELECT FROM inventario_actual')).toEqual([]);
  });
});
