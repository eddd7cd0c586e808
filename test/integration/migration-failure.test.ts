import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PG_MIGRATE_LOCK_ID } from 'node-pg-migrate';
import { applyMigrations } from '../../lambdas/migraciones/apply-migrations.ts';
import { createDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';

/** Migrated up to the last migration that is committed. */
let database: TestDatabase;
/** The committed migrations, and what a test adds. */
let folder: string;
let told: string[];

beforeEach(async () => {
  database = await createDatabase();
  folder = await mkdtemp(join(tmpdir(), 'inventario-klk-migraciones-'));
  await cp(new URL('../../migrations/', import.meta.url), folder, { recursive: true });
  told = [];
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
  await database.expectNoTrace();
  await database.drop();
});

const add = (name: string, sql: string): Promise<void> => writeFile(join(folder, `${name}.sql`), sql);

const migrate = (): Promise<string[]> =>
  applyMigrations(database.admin, (name) => told.push(name), pathToFileURL(`${folder}/`));

describe('A migration that fails', () => {
  it('The error names it, and those that were committed before it', async () => {
    await add('901_otra', 'CREATE TABLE otra ()');
    await add('902_dividir', 'CREATE TABLE perdida (); SELECT 1 / 0');
    await add('903_tercera', 'CREATE TABLE tercera ()');

    await expect(migrate()).rejects.toMatchObject({
      codigo: 'MIGRACION_FALLIDA',
      message:
        'Falló la migración 902_dividir.sql (PostgreSQL respondió 22012: division by zero): se deshizo entera; antes de ella quedaron aplicadas 901_otra',
    });
    expect(told).toEqual(['901_otra']);
    expect(
      await database.query(
        `SELECT to_regclass('otra') IS NOT NULL AS otra, to_regclass('perdida') AS perdida`,
      ),
    ).toEqual([{ otra: true, perdida: null }]);
  });

  it('The error says that nothing was committed before it when it is the first', async () => {
    await add('901_dividir', 'SELECT 1 / 0');

    await expect(migrate()).rejects.toMatchObject({
      message: expect.stringMatching(/901_dividir\.sql.*esta vez no se aplicó ninguna antes/),
    });
  });

  it('The error has the code of its cause, such as a lock that another session holds', async () => {
    await add('901_columna', `SET LOCAL lock_timeout = '50ms'; ALTER TABLE productos ADD COLUMN nueva text`);
    const reader = await database.openSession();
    await reader.query('BEGIN');
    await reader.query('SELECT FROM productos');

    await expect(migrate()).rejects.toMatchObject({
      codigo: 'BD_BLOQUEO',
      message: expect.stringContaining('901_columna.sql'),
    });
    await reader.end();
  });

  it('The error does not say that it was undone when the connection was lost', async () => {
    await add('901_otra', 'CREATE TABLE otra ()');
    await add('902_corte', 'SELECT pg_terminate_backend(pg_backend_pid())');

    await expect(migrate()).rejects.toMatchObject({
      codigo: 'BD_CONEXION_PERDIDA',
      message: expect.stringMatching(/902_corte\.sql.*no se sabe si quedó aplicada.*901_otra/),
    });
    expect(told).toEqual(['901_otra']);
  });
});

describe('Migrations that do not fit the database', () => {
  it('They are refused by name when another version of the program has migrated it', async () => {
    await database.query(`INSERT INTO migraciones (name, run_on) VALUES ('901_ajena', now())`);
    await add('901_otra', 'CREATE TABLE otra ()');

    await expect(migrate()).rejects.toMatchObject({
      codigo: 'MIGRACION_FALLIDA',
      message: expect.stringMatching(/901_ajena.*901_otra\.sql.*no se tocó nada/),
    });
    expect(told).toEqual([]);
  });

  it('They are refused when their folder is missing', async () => {
    await rm(folder, { recursive: true });

    await expect(migrate()).rejects.toMatchObject({
      codigo: 'MIGRACION_FALLIDA',
      message: expect.stringMatching(/No se puede leer la carpeta de migraciones .*ENOENT/),
    });
  });

  it('They are refused when their folder is empty', async () => {
    await rm(folder, { recursive: true });
    folder = await mkdtemp(join(tmpdir(), 'inventario-klk-migraciones-'));

    await expect(migrate()).rejects.toMatchObject({
      codigo: 'MIGRACION_FALLIDA',
      message: expect.stringContaining('no tiene ninguna'),
    });
  });
});

it('Foreign tables are looked for while the migration lock is held, so that tables created meanwhile are noticed', async () => {
  await database.query(
    'DROP SCHEMA IF EXISTS consultas CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public',
  );
  const other = await database.openSession();
  await other.query('SELECT pg_advisory_lock($1)', [PG_MIGRATE_LOCK_ID]);

  const migrating = migrate();
  await database.untilSomebodyWaits();
  await other.query('CREATE TABLE ventas ()');
  await other.end();

  await expect(migrating).rejects.toMatchObject({ codigo: 'BASE_AJENA' });
  expect(await database.query(`SELECT to_regclass('migraciones') AS migraciones`)).toEqual([
    { migraciones: null },
  ]);
});

it('The settings of the migrating role do not change what is created', async () => {
  const role = database.admin.user;
  const name = database.admin.database;
  await database.query('CREATE SCHEMA trampa');
  await database.query(`ALTER ROLE ${role} IN DATABASE ${name} SET search_path = trampa`);
  await add('901_otra', `CREATE TABLE otra AS SELECT current_setting('timezone') AS zona`);
  await database.query(`ALTER ROLE ${role} IN DATABASE ${name} SET timezone = 'Asia/Kolkata'`);

  await migrate();

  expect(await database.query('SELECT zona FROM public.otra')).toEqual([{ zona: 'UTC' }]);
});
