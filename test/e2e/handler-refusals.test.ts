import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readAllVersions } from '../support/inventory-state.ts';
import { scheduledEvent } from '../../bin/commands/invoke-locally.ts';
import { startLambdaWorld } from '../support/lambda-world.ts';
import type { Invocation, LambdaWorld } from '../support/lambda-world.ts';

let world: LambdaWorld;
let before: unknown;

/** What a refusal may not have done: written, or asked anybody anything. */
const readTraces = async (): Promise<unknown> => ({
  rows: await readAllVersions(world.database),
  runs: await world.database.query('SELECT id FROM etl_ejecuciones ORDER BY id'),
  secrets: world.secrets.calls.length,
  requests: world.klk.requests.length,
});

beforeAll(async () => {
  world = await startLambdaWorld();
});

beforeEach(async () => {
  await world.reset();
  before = await readTraces();
});

afterEach(() => world.database.expectNoTrace());

afterAll(() => world.close());

async function expectRefused(
  { returned, thrown, lines }: Invocation,
  name: string,
  ...parts: string[]
): Promise<void> {
  expect(returned).toBeUndefined();
  expect(thrown).toMatchObject({ name });
  for (const part of parts) expect(thrown).toMatchObject({ message: expect.stringContaining(part) });
  expect(lines.filter(({ message }) => message === 'RESUMEN ETL')).toEqual([]);
  expect(await readTraces()).toEqual(before);
}

describe('an event that cannot be obeyed is refused whole', () => {
  const tiendas = (id: string): { tiendas: string[] } => ({ tiendas: ['tienda_01', id] });

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
  ])('%s', async (_title, event, ...parts) => {
    await expectRefused(await world.invoke(event), 'SolicitudInvalida', 'tienda_01', 'PERIFERICO', ...parts);
  });

  it('10,000 unknown stores, in a message that can still be read', async () => {
    const ids = Array.from({ length: 10_000 }, (_, index) => `tienda_x${index}`);
    const invocation = await world.invoke({ tiendas: ids });

    await expectRefused(invocation, 'SolicitudInvalida', 'tienda_x0');
    expect(String(invocation.thrown).length).toBeLessThan(5_000);
  });

  it('stores of 100,000 characters, and as many keys, in a message that can still be read', async () => {
    const long = 'x'.repeat(100_000);
    const keys = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`clave_${index}`, index]));
    for (const event of [{ tiendas: [long] }, { [long]: 1 }, keys]) {
      const invocation = await world.invoke(event);
      await expectRefused(invocation, 'SolicitudInvalida');
      expect(String(invocation.thrown).length).toBeLessThan(5_000);
    }
  });
});

describe('an environment that is wrong is refused with every problem at once', () => {
  it('what is missing or empty', async () => {
    for (const name of ['DB_SECRET_ARN', 'KLK_PUERTO']) Reflect.deleteProperty(process.env, name);
    process.env['KLK_SECRET_ARN'] = ' ';

    await expectRefused(
      await world.invoke(scheduledEvent()),
      'ConfiguracionInvalida',
      'DB_SECRET_ARN: falta',
      'KLK_SECRET_ARN: falta',
      'KLK_PUERTO: falta',
    );
  });

  const wrong = { KLK_PUERTO: '70000', KLK_TIMEOUT_MS: '30s', KLK_REINTENTOS: '-1', KLK_CONCURRENCIA: '0' };
  it('what makes no sense', async () => {
    Object.assign(process.env, wrong);
    const invocation = await world.invoke(scheduledEvent());
    for (const name of ['KLK_TIMEOUT_MS', 'KLK_CONCURRENCIA']) Reflect.deleteProperty(process.env, name);

    await expectRefused(invocation, 'ConfiguracionInvalida', ...Object.keys(wrong));
  });

  it.each(['/no/existe.pem', import.meta.filename])('an authority that is none: %s', async (archivo) => {
    process.env['DB_CA_ARCHIVO'] = archivo;

    await expectRefused(
      await world.invoke(scheduledEvent()),
      'ConfiguracionInvalida',
      'DB_CA_ARCHIVO',
      archivo,
    );
  });
});
