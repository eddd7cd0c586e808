import { describe, expect, it } from '@jest/globals';
import { createDatabase } from '../support/database.ts';
import { readAllVersions } from '../support/inventory.ts';
import { closedPort } from '../support/network.ts';
import { CATALOGO, HEADER_CANARY, useWorld } from '../support/world.ts';

const world = await useWorld();

const OF_THE_DATABASE = ['estado', 'historial', 'rechazos', 'reporte'];

describe('A question that is mistyped exits 2, in one line that names the nearest valid thing', () => {
  it.each([
    [['estdo'], 'comando desconocido: estdo; ¿quiso decir estado?'],
    [
      ['borrar'],
      'comando desconocido: borrar; existen: estado, historial, diagnostico, tiendas, rechazos, reporte',
    ],
    [['estado', '--jsn'], 'opción desconocida: --jsn; ¿quiso decir --json?'],
    [['estado', '--xyz'], 'opción desconocida: --xyz; --help lista las opciones'],
    [['estado', 'tienda_01'], 'sobran argumentos: tienda_01; ¿falta el -- de npm run <comando> -- ...?'],
    [['--dry-run', 'estado'], '--dry-run no va con el comando estado'],
    [['historial', '--tienda', 'tienda_1'], 'no existe la tienda tienda_1; ¿quiso decir tienda_01?'],
    [['rechazos', '--tienda', 'bosque'], 'no existe la tienda bosque; ¿quiso decir tienda_08?'],
    [['historial', '--tienda'], 'a la opción --tienda <id> le falta su valor'],
    [
      ['historial', '--desde', 'ayer'],
      '--desde ayer: no es una fecha; escriba AAAA-MM-DD o AAAA-MM-DDTHH:MM',
    ],
    [['historial', 'abc'], 'ninguna ejecución empieza por abc; todavía no hubo ninguna'],
    [['historial', 'abc', '--tienda', 'tienda_01'], 'con un id no van --tienda ni --desde'],
    [['rechazos', '--csv', '--json'], '--csv y --json no van juntas'],
    [['reporte', '--salida', '/no/existe/r.html'], '--salida /no/existe/r.html: no se puede escribir'],
  ])('%j', async (args, line) => {
    const { status, stdout, stderr } = await world.etl(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(line);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('A question needs no other variables than those of what it asks', async () => {
    const { status, stderr } = await world.etl(['estado'], world.klkEnv);
    expect(status).toBe(2);
    expect(stderr).toContain('POSTGRES_HOST: falta');
    expect(stderr).not.toContain('KLK_URL');
  });
});

describe('A question that cannot be answered exits 1, in one line with the remedy', () => {
  const oneLine = async (args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> => {
    const { status, stdout, stderr } = await world.etl(args, { ...world.env, ...env });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    return stderr;
  };
  const noDatabase = async (): Promise<Record<string, string>> => ({
    POSTGRES_PORT: String(await closedPort()),
  });

  it.each(OF_THE_DATABASE)('%s without a database', async (question) => {
    expect(await oneLine([question], await noDatabase())).toMatch(
      /^BD_INACCESIBLE: No se pudo conectar a PostgreSQL \(.*\): .*\. Revise que la base esté encendida/,
    );
  });

  it.each(OF_THE_DATABASE)('%s without migrations', async (question) => {
    const empty = await createDatabase({ empty: true });
    const { database, user, password } = empty.admin;
    const env = { POSTGRES_DB: database, POSTGRES_USER: user, POSTGRES_PASSWORD: password };
    expect(await oneLine([question], env)).toMatch(
      /^BD_SIN_MIGRAR: .*Aplique las migraciones.*: npm run migrate\n$/,
    );
    await empty.drop();
  });

  it('tiendas without a KLK', async () => {
    expect(await oneLine(['tiendas'], { KLK_URL: `http://127.0.0.1:${await closedPort()}` })).toMatch(
      /^KLK_INACCESIBLE: .*Revise que KLK esté encendido/,
    );
  });

  it('--detalle adds the whole stack', async () => {
    const { stderr } = await world.etl(['estado', '--detalle'], { ...world.env, ...(await noDatabase()) });
    expect(stderr).toMatch(/^BD_INACCESIBLE: [^\n]*\n[^]*\n +at .*postgres\/errors\.ts/);
  });
});

describe('A load with wrong flags, variables or catalogue exits 2 before it touches anything', () => {
  it.each<[string, string[], Record<string, string | undefined>, ...string[]]>([
    ['an unknown flag', ['--dryrun'], {}, '--dryrun', '--dry-run'],
    [
      'an unknown store and an inactive one',
      ['--tiendas', 'tienda_99', 'tienda_15'],
      {},
      ...['tienda_99', 'tienda_15', 'tienda_01'],
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
    ['TLS without an authority', [], { POSTGRES_SSL: 'verificar' }, 'DB_CA_ARCHIVO'],
    ['a missing catalogue', [], { TIENDAS_ARCHIVO: '/no/existe.json' }, 'TIENDAS_ARCHIVO', '/no/existe.json'],
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

  it.each([
    ['with two stores of one id', JSON.stringify({ tiendas: [CATALOGO[0], CATALOGO[0]] }), 'tienda_01'],
    ['that is no JSON', 'tienda_01', 'no es JSON'],
  ])('a catalogue %s', async (_what, text, part) => {
    const archivo = await world.saveFile('tiendas.json', text);
    const { status, stderr } = await world.etl([], { ...world.env, TIENDAS_ARCHIVO: archivo });
    expect(status).toBe(2);
    expect(stderr).toContain(archivo);
    expect(stderr).toContain(part);
  });
});

it('The help is Spanish, lists every command, and exits 0', async () => {
  const { status, stdout, stderr } = await world.etl(['--help'], {});
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  for (const word of ['Uso:', 'Opciones:', 'Comandos:', ...OF_THE_DATABASE, 'tiendas', 'diagnostico'])
    expect(stdout).toContain(word);
  expect(stdout).not.toMatch(/usage|options\b|commands|display|help for/i);
  const { stdout: ofOne } = await world.etl(['historial', '--help'], {});
  expect(ofOne).toContain('--desde <fecha>');
});
