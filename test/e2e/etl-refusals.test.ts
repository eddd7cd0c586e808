import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { readCatalogo } from '../../lambdas/core/config/catalogo.ts';
import { HEADER_CANARY, startEtlWorld } from '../support/etl-world.ts';
import type { EtlWorld } from '../support/etl-world.ts';
import { readAllVersions } from '../support/inventory-state.ts';

let world: EtlWorld;

beforeAll(async () => {
  world = await startEtlWorld();
});

afterEach(() => world.database.expectNoTrace());

afterAll(() => world.close());

describe('what a command refuses before it touches anything, with exit 2:', () => {
  it.each<[string, string[], Record<string, string | undefined>, ...string[]]>([
    ['an unknown flag', ['--dryrun'], {}, '--dryrun', '--dry-run'],
    [
      'an unknown store and an inactive one',
      ['--tiendas', 'tienda_99', 'tienda_15'],
      {},
      'tienda_99',
      'tienda_15',
      'tienda_01',
    ],
    ['a flag that npm swallowed', [], { npm_config_dry_run: 'true' }, '--dry-run', 'npm run etl --'],
    [
      'an environment without anything',
      [],
      {
        KLK_URL: undefined,
        POSTGRES_HOST: undefined,
        POSTGRES_PORT: '',
        POSTGRES_DB: undefined,
        POSTGRES_USER: ' ',
        POSTGRES_PASSWORD: undefined,
      },
      ...['KLK_URL', 'POSTGRES_HOST', 'POSTGRES_PORT', 'POSTGRES_DB', 'POSTGRES_USER', 'POSTGRES_PASSWORD'],
    ],
    [
      'variables that make no sense',
      [],
      { KLK_URL: 'klk:7002', KLK_TIMEOUT_MS: '1.5', POSTGRES_PORT: 'abc', POSTGRES_SSL: 'quizas' },
      ...['KLK_TIMEOUT_MS', 'POSTGRES_PORT', 'POSTGRES_SSL'],
    ],
    ['headers that are no JSON', [], { KLK_HEADERS: HEADER_CANARY }, 'KLK_HEADERS'],
    [
      'TLS to a server that is not of RDS, without its authority',
      [],
      { POSTGRES_SSL: 'verificar' },
      'DB_CA_ARCHIVO',
    ],
    [
      'a catalogue that is not there',
      [],
      { TIENDAS_ARCHIVO: '/no/existe.json' },
      'TIENDAS_ARCHIVO',
      '/no/existe.json',
    ],
  ])('%s', async (_title, args, changes, ...parts) => {
    const before = { rows: await readAllVersions(world.database), requests: world.klk.requests.length };
    const variables = Object.entries({ ...world.env, ...changes }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    );
    const { status, stdout, stderr } = await world.etl(args, Object.fromEntries(variables));

    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    for (const part of parts) expect(stderr).toContain(part);
    expect({ rows: await readAllVersions(world.database), requests: world.klk.requests.length }).toEqual(
      before,
    );
  });

  it('a catalogue with two stores of one id, or no JSON at all', async () => {
    const [tienda] = readCatalogo();
    const twice = await world.saveFile('dos.json', JSON.stringify({ tiendas: [tienda, tienda] }));
    const none = await world.saveFile('texto.json', 'tienda_01');

    for (const [archivo, part] of [
      [twice, 'tienda_01'],
      [none, 'no es JSON'],
    ] as const) {
      const { status, stderr } = await world.etl([], { ...world.env, TIENDAS_ARCHIVO: archivo });
      expect(status).toBe(2);
      expect(stderr).toContain(archivo);
      expect(stderr).toContain(part);
    }
  });
});
