import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { closedPort } from '../support/closed-port.ts';
import { createEmptyDatabase } from '../support/empty-database.ts';
import { startEtlWorld } from '../support/etl-world.ts';
import type { EtlWorld } from '../support/etl-world.ts';

let world: EtlWorld;

beforeAll(async () => {
  world = await startEtlWorld();
});

afterEach(() => world.database.expectNoTrace());

afterAll(() => world.close());

const OF_THE_DATABASE = ['estado', 'historial', 'rechazos', 'reporte'];

describe('what a question refuses with exit 2, in one line that names the nearest valid thing:', () => {
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

  it('an environment without what the question needs', async () => {
    const { status, stderr } = await world.etl(['estado'], world.klkEnv);
    expect(status).toBe(2);
    expect(stderr).toContain('POSTGRES_HOST: falta');
    expect(stderr).not.toContain('KLK_URL');
  });
});

describe('what a question cannot answer, with exit 1, in one line with the remedy and no stack:', () => {
  const oneLine = async (args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> => {
    const { status, stdout, stderr } = await world.etl(args, env);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    return stderr;
  };

  it.each(OF_THE_DATABASE)('%s without a database', async (question) => {
    const env = { ...world.env, POSTGRES_PORT: String(await closedPort()) };
    expect(await oneLine([question], env)).toMatch(
      /^BD_INACCESIBLE: No se pudo conectar a PostgreSQL \(.*\): .*\. Revise que la base esté encendida/,
    );
  });

  it.each(OF_THE_DATABASE)('%s without migrations', async (question) => {
    const empty = await createEmptyDatabase();
    const { database, user, password } = empty.admin;
    const env = { ...world.env, POSTGRES_DB: database, POSTGRES_USER: user, POSTGRES_PASSWORD: password };
    expect(await oneLine([question], env)).toMatch(
      /^BD_SIN_MIGRAR: .*Aplique las migraciones.*: npm run migrate\n$/,
    );
    await empty.drop();
  });

  it('tiendas without a KLK', async () => {
    const env = { ...world.env, KLK_URL: `http://127.0.0.1:${await closedPort()}` };
    expect(await oneLine(['tiendas'], env)).toMatch(/^KLK_INACCESIBLE: .*Revise que KLK esté encendido/);
  });

  it('and the whole trace with --detalle', async () => {
    const env = { ...world.env, POSTGRES_PORT: String(await closedPort()) };
    const { stderr } = await world.etl(['estado', '--detalle'], env);
    expect(stderr).toMatch(/^BD_INACCESIBLE: [^\n]*\n[^]*\n +at .*postgres\/errors\.ts/);
  });
});

describe('help', () => {
  it('is Spanish, lists every order, and exits 0', async () => {
    const { status, stdout, stderr } = await world.etl(['--help'], {});
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const word of ['Uso:', 'Opciones:', 'Comandos:', ...OF_THE_DATABASE, 'tiendas', 'diagnostico'])
      expect(stdout).toContain(word);
    expect(stdout).not.toMatch(/usage|options\b|commands|display|help for/i);
    const { stdout: ofOne } = await world.etl(['historial', '--help'], {});
    expect(ofOne).toContain('--desde <fecha>');
  });
});
