import { beforeEach, describe, expect, it } from '@jest/globals';
import { FLUJOS } from '../../lambdas/core/run/flujo.ts';
import { issueCertificates } from '../../local/postgres/certificates.ts';
import { runPasted } from '../support/commands.ts';
import { readInventoryVersions } from '../support/inventory.ts';
import { closedPort } from '../support/network.ts';
import { ACTIVAS, ARTICULOS, useWorld } from '../support/world.ts';

const world = await useWorld();

beforeEach(() => {
  world.klk.setFault('TANT', undefined);
});

describe('npm run etl', () => {
  it('It loads every active store, shows a table, and exits 0', async () => {
    const { status, stdout } = await world.etl([]);

    expect(status).toBe(0);
    for (const { id } of ACTIVAS) expect(stdout).toContain(id);
    const rows = await world.database.query(
      'SELECT ubicacion_id AS id, count(*)::integer AS filas FROM inventario_actual GROUP BY 1',
    );
    expect(rows).toEqual(expect.arrayContaining(ACTIVAS.map(({ id }) => ({ id, filas: ARTICULOS }))));
  });

  it('--json prints the summary and nothing else, and the log goes to standard error', async () => {
    const { status, stdout, stderr } = await world.etl(['--json', '--tiendas', 'tienda_01', 'tienda_08']);

    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      origen: 'cli',
      estado: 'exitosa',
      tiendas: [{ id: 'tienda_01' }, { id: 'tienda_08' }],
    });
    expect(stdout.trimEnd()).not.toContain('\n');
    for (const line of stderr.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('message');
  });

  it('It exits 1 when a store was not loaded, with the summary and what to do', async () => {
    world.klk.setFault('TANT', 'incompleta');
    const { status, stdout, stderr } = await world.etl(['--json']);

    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ estado: 'parcial', totales: { cargadas: 4, fallidas: 1 } });
    expect(stderr).toMatch(/tienda_17 ARTIGAS.*KLK_INCOMPLETA/);
  });

  it('A store that was not loaded is shown with what it still holds, and the reason once', async () => {
    await world.etl(['--tiendas', 'tienda_17']);
    world.klk.setFault('TANT', 'vacia');
    const { status, stdout, stderr } = await world.etl([]);

    expect(status).toBe(1);
    expect(stdout).toMatch(
      new RegExp(`^tienda_17 ARTIGAS +TANT +fallido +- +conserva ${ARTICULOS} +-$`, 'm'),
    );
    expect(stdout).toContain('5 tiendas, 4 cargadas, 1 fallida, 0 omitidas');
    expect(`${stdout}${stderr}`.split('KLK contestó una lista vacía para TANT')).toHaveLength(2);
  });

  it('It exits 1 when the database is down, and never calls KLK', async () => {
    const requests = world.klk.requests.length;
    const port = String(await closedPort());
    const { status, stdout, stderr } = await world.etl(['--json'], { ...world.env, POSTGRES_PORT: port });

    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ estado: 'fallida', error: { codigo: 'BD_INACCESIBLE' } });
    expect(stderr).toContain(`localhost:${port}/${world.database.etl.database}`);
    expect(world.klk.requests).toHaveLength(requests);
  });

  it('It exits 1 when another run is under way, and says so', async () => {
    const holder = await world.database.openSession();
    await holder.query('SELECT pg_advisory_lock($1)', [FLUJOS.inventario.lockKey]);
    const before = await readInventoryVersions(world.database);
    const { status, stdout } = await world.etl(['--json']);
    await holder.end();

    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ estado: 'omitida', tiendas: [], motivo: expect.any(String) });
    expect(await readInventoryVersions(world.database)).toEqual(before);
  });

  it("The predecessor's DB_MODE is ignored", async () => {
    const { status } = await world.etl(['--tiendas', 'tienda_01'], { ...world.env, DB_MODE: 'postgresql' });

    expect(status).toBe(0);
  });

  it('A variable that no program reads causes a warning with the nearest name, and the run loads', async () => {
    const env = { ...world.env, KLK_TIMEOUT: '5000' };
    const { status, stderr } = await world.etl(['--tiendas', 'tienda_01'], env);
    expect(status).toBe(0);
    expect(stderr).toMatch(/! Variable desconocida .*KLK_TIMEOUT no existe.*¿quiso decir KLK_TIMEOUT_MS\?/);

    const question = await world.etl(['estado'], env);
    expect(question.status).toBe(0);
    expect(question.stderr).toMatch(/^! la variable KLK_TIMEOUT no existe/);
  });

  it('TIENDAS_ARCHIVO replaces the catalogue', async () => {
    const tienda = {
      id: 'tienda_nueva',
      nombre: 'NUEVA',
      tipo: 'tienda',
      activa: true,
      sucursalKlk: 'SUC777',
    };
    const almacenes = [{ codigo: 'TTISBC', nombre: 'PISO DE VENTA' }];
    const archivo = await world.saveFile(
      'tiendas.json',
      JSON.stringify({ tiendas: [{ ...tienda, almacenes }] }),
    );
    const { status, stdout } = await world.etl(['--json'], { ...world.env, TIENDAS_ARCHIVO: archivo });

    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      tiendas: [{ id: 'tienda_nueva', almacenes: [{ codigo: 'TTISBC' }] }],
    });
  });
});

describe('npm run etl -- --solo-fallidas', () => {
  it('It loads the stores whose last attempt did not load them, and says which', async () => {
    world.klk.setFault('TANT', 'vacia');
    await world.etl(['--tiendas', 'tienda_01', 'tienda_17']);
    world.klk.setFault('TANT', undefined);
    const { status, stdout, stderr } = await world.etl(['--solo-fallidas', '--json']);

    expect(status).toBe(0);
    expect(stderr).toContain('No se cargaron en su último intento: tienda_17 ARTIGAS\n');
    expect(JSON.parse(stdout)).toMatchObject({
      estado: 'exitosa',
      totales: { tiendas: 1 },
      tiendas: [{ id: 'tienda_17' }],
    });
  });

  it('It says that there is none, exits 0, and does not ask KLK', async () => {
    await world.etl([]);
    const requests = world.klk.requests.length;

    expect(await world.etl(['--solo-fallidas'])).toEqual({
      status: 0,
      stdout: '',
      stderr: 'Ninguna tienda falló en su último intento: no hay nada que cargar\n',
    });
    expect(world.klk.requests).toHaveLength(requests);
  });
});

describe('npm run etl -- --dry-run', () => {
  it('It needs no database, reads none, and exits 0', async () => {
    const before = await readInventoryVersions(world.database);
    const { status, stdout } = await world.etl(['--dry-run', '--json'], world.klkEnv);

    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      dryRun: true,
      estado: 'simulada',
      totales: { extraidos: 5 * ARTICULOS },
    });
    expect(await readInventoryVersions(world.database)).toEqual(before);
  });

  it('It writes nothing where there is a database', async () => {
    const before = await readInventoryVersions(world.database);
    const { status } = await world.etl(['--dry-run', '--tiendas', 'tienda_01']);

    expect(status).toBe(0);
    expect(await readInventoryVersions(world.database)).toEqual(before);
  });

  it('It exits 1 when an answer is refused', async () => {
    world.klk.setFault('TANT', 'otro-almacen');

    expect(await world.etl(['--dry-run'], world.klkEnv)).toMatchObject({ status: 1 });
  });
});

describe('POSTGRES_SSL=verificar', () => {
  it('A server is loaded only if the given authority signed its certificate', async () => {
    const caFile = await world.saveFile('ca.pem', world.database.ca);
    const otherFile = await world.saveFile('otra.pem', (await issueCertificates()).ca);
    const args = ['--json', '--tiendas', 'tienda_01'];
    const tls = { ...world.env, POSTGRES_SSL: 'verificar' };

    expect(await world.etl(args, { ...tls, DB_CA_ARCHIVO: caFile })).toMatchObject({ status: 0 });
    const refused = await world.etl(args, { ...tls, DB_CA_ARCHIVO: otherFile });
    expect(refused.status).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { codigo: 'BD_TLS' } });
  });
});

describe('Under npm', () => {
  it('Standard output holds the JSON alone', async () => {
    const { status, stdout } = await runPasted(
      'npm run -s etl -- --dry-run --json --tiendas tienda_01',
      world.klkEnv,
    );

    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ estado: 'simulada' });
  });

  it('Flags without -- before them are refused, and nothing is loaded', async () => {
    const before = await readInventoryVersions(world.database);
    const { status, stderr } = await runPasted('npm run -s etl --dry-run', world.env);

    expect(status).toBe(2);
    expect(stderr).toContain('npm run etl -- --dry-run');
    expect(await readInventoryVersions(world.database)).toEqual(before);
  });
});
