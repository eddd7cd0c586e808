import { randomBytes } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scheduledEvent } from '../../bin/program/invoke-locally.ts';
import { issueCertificates } from '../../local/postgres/certificates.ts';
import { invokeBundle, synthesizeDesarrollo } from './bundles.ts';
import type { BundleInvocation } from './bundles.ts';
import { createDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { emittedMetrics } from '../support/output.ts';
import { ACTIVAS, DB_SECRET, KLK_SECRET, useWorld } from '../support/world.ts';

const MAX_BUNDLE_BYTES = 2_500_000;

/** Lambda ends an initialization that takes longer. */
const MAX_IMPORT_MS = 10_000;

const ARTICULOS = 30;

const stage = await synthesizeDesarrollo();
afterAll(() => stage.remove());
const world = await useWorld({ articulosPorAlmacen: ARTICULOS });
const { database, klk, secrets } = world;
beforeEach(() => world.reset());

type Pipeline = 'inventario' | 'ventas';

const run = (
  pipeline: Pipeline,
  variables: Readonly<Record<string, string>> = {},
): Promise<BundleInvocation> =>
  invokeBundle(stage[pipeline], scheduledEvent(), { ...world.lambdaEnv, ...variables });

/** What a scheduled run leaves in the database. */
const LOADED = {
  inventario: {
    question: 'SELECT count(*)::int AS leidas FROM inventario_actual',
    leidas: ACTIVAS.length * ARTICULOS,
  },
  ventas: {
    question: 'SELECT count(DISTINCT ubicacion_id)::int AS leidas FROM ventas_tramos WHERE lecturas > 0',
    leidas: ACTIVAS.filter(({ tipo }) => tipo === 'tienda').length,
  },
};

describe.each(['inventario', 'ventas'] as const)('The bundle of %s', (pipeline) => {
  it('It is smaller than 2.5 MB and needs nothing beside it', async () => {
    const { asset } = stage[pipeline];
    expect((await readdir(asset)).sort()).toEqual(['index.mjs', 'index.mjs.map']);
    expect((await stat(join(asset, 'index.mjs'))).size).toBeLessThan(MAX_BUNDLE_BYTES);
  });

  it('It starts on Node 24 in the time that Lambda allows, loads every active store over TLS, and emits every metric that an alarm watches', async () => {
    const { node, importMs, error, result, log } = await run(pipeline);
    expect(error).toBeUndefined();
    expect(node).toMatch(/^v24\./);
    expect(importMs).toBeLessThan(MAX_IMPORT_MS);
    expect(result).toMatchObject({ estado: 'exitosa', origen: 'programada' });
    const { question, leidas } = LOADED[pipeline];
    expect(await database.query(question)).toEqual([{ leidas }]);
    expect(secrets.calls.toSorted()).toEqual([DB_SECRET, KLK_SECRET]);

    const ours = stage.watched.filter(({ Dimensions }) =>
      Dimensions.some(({ Name, Value }) => Name === 'service' && Value === `${pipeline}-klk`),
    );
    expect(ours.length).toBeGreaterThan(0);
    expect(emittedMetrics(log)).toEqual(
      expect.arrayContaining(
        ours.map(({ Namespace, MetricName, Dimensions }) =>
          [Namespace, MetricName, ...Dimensions.map(({ Name, Value }) => `${Name}=${String(Value)}`)].join(
            ' ',
          ),
        ),
      ),
    );
  });

  it.each([
    ['whose certificate another authority signed', async () => (await issueCertificates()).ca, {}],
    // Another name of 127.0.0.1, which the certificate does not carry.
    ['whose certificate does not carry its host name', undefined, { host: '127.1' }],
  ])('It refuses a database %s, and asks KLK for nothing', async (_what, authority, changes) => {
    secrets.setSecret(DB_SECRET, JSON.stringify({ ...world.dbSecret, ...changes }));
    const { error } = await run(
      pipeline,
      authority && { DB_CA_ARCHIVO: await world.saveFile('otra.pem', await authority()) },
    );
    expect(error).toMatchObject({ name: 'EjecucionFallida', message: expect.stringMatching(/^BD_TLS: /) });
    expect(klk.requests).toEqual([]);
    expect(await database.query(LOADED[pipeline].question)).toEqual([{ leidas: 0 }]);
  });

  it('It refuses a KLK on a port that the network does not open, without asking it', async () => {
    const { error } = await run(pipeline, { KLK_PUERTO: String(klk.puerto === 7002 ? 7003 : 7002) });
    expect(error).toMatchObject({
      name: 'EjecucionFallida',
      message: expect.stringMatching(/^KLK_PUERTO_CERRADO: /),
    });
    expect(klk.requests).toEqual([]);
  });
});

describe('The bundle of the migration Lambda', () => {
  const etl = `etl_${randomBytes(4).toString('hex')}`;
  const consultas = `consultas_${randomBytes(4).toString('hex')}`;
  let empty: TestDatabase;

  beforeEach(async () => {
    empty = await createDatabase({ empty: true });
  });
  afterEach(() => empty.drop());
  afterAll(() => database.query(`DROP ROLE IF EXISTS ${etl}, ${consultas}`));

  /** The admin secret as RDS manages it: where the database is, the pipeline's secret says. */
  function migrate(
    password = 'larga-y-propia',
    variables: Readonly<Record<string, string>> = {},
  ): Promise<BundleInvocation> {
    const { host, port, database: dbname, user, password: ofAdmin } = empty.admin;
    secrets.setSecret('admin', JSON.stringify({ username: user, password: ofAdmin }));
    secrets.setSecret(DB_SECRET, JSON.stringify({ host, port, dbname, username: etl, password }));
    return invokeBundle(
      stage.migraciones,
      { RequestType: 'Create' },
      { ...world.lambdaEnv, DB_ADMIN_SECRET_ARN: 'admin', ...variables },
    );
  }

  it('It migrates an empty database over TLS, and changes nothing the second time', async () => {
    const files = (await readdir('migrations')).sort();
    expect((await readdir(join(stage.migraciones.asset, 'migrations'))).sort()).toEqual(files);
    const first = await migrate();
    expect(first.error).toBeUndefined();
    const nothing = { aplicadas: [], usuario: etl, particiones: [], retirado: [], semanas: 0 };
    expect(first.result).toEqual({ ...nothing, aplicadas: files.map((file) => file.replace('.sql', '')) });
    expect((await migrate()).result).toEqual(nothing);
  });

  it("It makes the user of the read-only API too where that is deployed, and refuses it when it is the pipeline's", async () => {
    const { host, port, database: dbname } = empty.admin;
    const secretOf = (username: string): string =>
      JSON.stringify({ host, port, dbname, username, password: 'larga-y-propia' });
    const variables = { CONSULTAS_DB_SECRET_ARN: 'consultas' };
    secrets.setSecret('consultas', secretOf(consultas));
    expect((await migrate(undefined, variables)).result).toMatchObject({
      usuario: etl,
      usuarioConsultas: consultas,
    });
    expect(
      await empty.query(
        `SELECT has_table_privilege($1, 'consultas.tiendas', 'SELECT') AS ve, has_table_privilege($1, 'public.ubicaciones', 'SELECT') AS mas`,
        [consultas],
      ),
    ).toEqual([{ ve: true, mas: false }]);

    secrets.setSecret('consultas', secretOf(etl));
    expect((await migrate(undefined, variables)).error?.message).toMatch(
      /^USUARIO_CONSULTAS_INVALIDO: .*del ETL/,
    );
  });

  it('It fails, and with it the deployment, when the database holds tables of another project', async () => {
    await empty.query('CREATE TABLE productos ()');
    const { error } = await migrate();
    expect(error?.name).toBe('MigracionFallida');
    expect(error?.message).toMatch(/^BASE_AJENA: .*tablas que no creó este proyecto/);
  });

  it('It names the migration that failed and the last one before it', async () => {
    await empty.query('CREATE TYPE almacenes AS ENUM ()');
    const { error } = await migrate();
    expect(error?.message).toMatch(/^MIGRACION_FALLIDA: .*008_almacenes\.sql.*007_pedidos_sugeridos/);
  });

  it('It refuses a weak password of the pipeline user before it touches anything', async () => {
    const { error } = await migrate('corta12');
    expect(error?.message).toMatch(/^USUARIO_ETL_INVALIDO: .*password/);
    expect(error?.message).not.toContain('corta12');
    expect(await empty.query(`SELECT FROM pg_class WHERE relnamespace = to_regnamespace('public')`)).toEqual(
      [],
    );
  });
});
