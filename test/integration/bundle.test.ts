import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readCatalogo } from '../../lambdas/core/config/catalogo.ts';
import { startKlkSimulator } from '../../local/klk-simulator/server.ts';
import type { KlkSimulator } from '../../local/klk-simulator/server.ts';
import { issueCertificates } from '../../local/postgres/certificates.ts';
import { startSecretsManagerStub } from '../../local/secrets-manager.ts';
import type { SecretsManagerStub } from '../../local/secrets-manager.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { emittedMetrics } from '../support/emitted-metrics.ts';
import { invoke } from '../support/invoke-bundle.ts';
import type { Invocation } from '../support/invoke-bundle.ts';
import { synthesizeDesarrollo } from '../support/synthesized-lambdas.ts';
import type { SynthesizedStage } from '../support/synthesized-lambdas.ts';

const MAX_BUNDLE_BYTES = 2_500_000;
const ARTICULOS = 30;

const PROGRAMADO = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '111122223333',
  time: '2026-11-24T12:30:00Z',
  region: 'us-east-1',
  resources: ['arn:aws:events:us-east-1:111122223333:rule/prueba'],
  detail: {},
};

let stage: SynthesizedStage;
let directory: string;
let database: TestDatabase;
let klk: KlkSimulator;
let secrets: SecretsManagerStub;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'inventario-klk-ca-'));
  stage = await synthesizeDesarrollo();
}, 120_000);

afterAll(async () => {
  await stage.remove();
  await rm(directory, { recursive: true });
});

beforeEach(async () => {
  database = await createTestDatabase();
  klk = await startKlkSimulator({ tiendas: readCatalogo(), articulosPorAlmacen: ARTICULOS });
  secrets = await startSecretsManagerStub({
    klk: JSON.stringify({ baseUrl: klk.baseUrl }),
    base: dbSecret(),
  });
});

afterEach(async () => {
  await secrets.close();
  await klk.close();
  await database.expectNoTrace();
  await database.drop();
});

/** The RDS shape, as text. */
function dbSecret(host = database.etl.host): string {
  const { port, database: dbname, user: username, password } = database.etl;
  return JSON.stringify({ engine: 'postgres', host, port: String(port), dbname, username, password });
}

async function writeCa(ca: string): Promise<string> {
  const archivo = join(directory, 'ca.pem');
  await writeFile(archivo, ca);
  return archivo;
}

async function run(ca: string, klkPuerto = klk.puerto): Promise<Invocation> {
  return invoke(stage.inventario, PROGRAMADO, {
    DB_SECRET_ARN: 'base',
    KLK_SECRET_ARN: 'klk',
    KLK_PUERTO: String(klkPuerto),
    DB_CA_ARCHIVO: await writeCa(ca),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
  });
}

const activas = readCatalogo().filter(({ activa }) => activa);

describe('the bundle of the inventory Lambda', () => {
  it('is smaller than 2.5 MB and needs nothing beside it', async () => {
    expect((await readdir(stage.inventario.asset)).sort()).toEqual(['index.mjs', 'index.mjs.map']);
    expect((await stat(join(stage.inventario.asset, 'index.mjs'))).size).toBeLessThan(MAX_BUNDLE_BYTES);
  });

  it('runs on Node 24 and loads every active store over TLS', async () => {
    const { node, error, result } = await run(database.ca);
    expect(error).toBeUndefined();
    expect(node).toMatch(/^v24\./);
    expect(result).toMatchObject({ estado: 'exitosa', origen: 'programada' });
    expect(await database.query('SELECT count(*)::int AS filas FROM inventario_actual')).toEqual([
      { filas: activas.length * ARTICULOS },
    ]);
    expect([...secrets.calls].sort()).toEqual(['base', 'klk']);
  });

  it('emits every metric that an alarm waits for, under its namespace and dimensions', async () => {
    const { log } = await run(database.ca);
    const emitted = emittedMetrics(log);
    const ours = stage.watched.filter(({ Namespace }) => !Namespace.startsWith('AWS/'));
    expect(ours.length).toBeGreaterThan(0);
    for (const { Namespace, MetricName, Dimensions } of ours) {
      const dimensions = Dimensions.map(({ Name, Value }) => `${Name}=${String(Value)}`);
      expect(emitted).toContain([Namespace, MetricName, ...dimensions].join(' '));
    }
  });

  it.each([
    [
      'an authority that did not sign the certificate',
      () => issueCertificates().then(({ ca }) => ca),
      undefined,
    ],
    // Another name of 127.0.0.1, which the certificate does not carry.
    ['a host name that the certificate does not carry', () => Promise.resolve(database.ca), '127.1'],
  ])('refuses a database with %s, and asks KLK for nothing', async (_, authority, host) => {
    secrets.setSecret('base', dbSecret(host));
    const { error } = await run(await authority());
    expect(error).toMatchObject({ name: 'EjecucionFallida', message: expect.stringMatching(/^BD_TLS: /) });
    expect(klk.requests).toEqual([]);
    expect(await database.query('SELECT 1 FROM inventario_actual')).toEqual([]);
  });

  it('refuses a KLK on a port that the network does not open, at once', async () => {
    const { error } = await run(database.ca, klk.puerto === 7002 ? 7003 : 7002);
    expect(error).toMatchObject({
      name: 'EjecucionFallida',
      message: expect.stringMatching(/^KLK_PUERTO_CERRADO: /),
    });
    expect(klk.requests).toEqual([]);
  });
});

describe('the bundle of the migration Lambda', () => {
  const etl = `etl_${randomBytes(4).toString('hex')}`;
  const nueva = `nueva_${randomBytes(4).toString('hex')}`;

  afterAll(async () => {
    const neighbour = await createTestDatabase();
    await neighbour.query(`DROP DATABASE IF EXISTS ${nueva} WITH (FORCE)`);
    await neighbour.query(`DROP ROLE IF EXISTS ${etl}`);
    await neighbour.drop();
  });

  /** The admin secret as RDS manages it: where the database is, the pipeline's secret says. */
  async function migrate(dbname: string, clave = 'larga-y-propia'): Promise<Invocation> {
    const { host, port, user, password } = database.admin;
    secrets.setSecret('admin', JSON.stringify({ username: user, password }));
    secrets.setSecret('etl', JSON.stringify({ host, port, dbname, username: etl, password: clave }));
    return invoke(
      stage.migraciones,
      { RequestType: 'Create' },
      {
        DB_ADMIN_SECRET_ARN: 'admin',
        DB_SECRET_ARN: 'etl',
        DB_CA_ARCHIVO: await writeCa(database.ca),
        AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
      },
    );
  }

  it('brings an empty database up to date over TLS, and changes nothing the second time', async () => {
    const files = (await readdir('migrations')).sort();
    expect((await readdir(join(stage.migraciones.asset, 'migrations'))).sort()).toEqual(files);
    await database.query(`CREATE DATABASE ${nueva}`);
    const first = await migrate(nueva);
    expect(first.error).toBeUndefined();
    const nombres = files.map((file) => file.replace('.sql', ''));
    expect(first.result).toEqual({ aplicadas: nombres, usuario: etl, particiones: [], retirado: [] });
    expect((await migrate(nueva)).result).toEqual({
      aplicadas: [],
      usuario: etl,
      particiones: [],
      retirado: [],
    });
  });

  it('fails, and with it the deployment, when the database holds tables of somebody else', async () => {
    await database.query('ALTER TABLE migraciones RENAME TO de_otro');
    const { error } = await migrate(database.admin.database);
    expect(error?.name).toBe('MigracionFallida');
    expect(error?.message).toMatch(/^BASE_AJENA: .*tablas que no creó este proyecto/);
  });

  it('names the migration that failed, what was committed before it, and the code', async () => {
    await database.query('DROP SCHEMA public CASCADE');
    await database.query('CREATE SCHEMA public');
    await database.query('CREATE TYPE almacenes AS ENUM ()');
    const { error } = await migrate(database.admin.database);
    expect(error?.message).toMatch(/^MIGRACION_FALLIDA: .*008_almacenes\.sql.*007_pedidos_sugeridos/);
  });

  it('refuses a weak password of the pipeline user before it touches anything', async () => {
    await database.query('DROP SCHEMA public CASCADE');
    await database.query('CREATE SCHEMA public');
    const { error } = await migrate(database.admin.database, 'corta12');
    expect(error?.message).toMatch(/^USUARIO_ETL_INVALIDO: .*password/);
    expect(error?.message).not.toContain('corta12');
    expect(
      await database.query(`SELECT FROM pg_class WHERE relnamespace = to_regnamespace('public')`),
    ).toEqual([]);
  });
});
