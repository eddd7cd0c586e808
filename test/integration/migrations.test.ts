import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MIGRACION_REQUERIDA } from '../../lambdas/core/postgres/preflight.ts';
import { applyMigrations } from '../../lambdas/migraciones/apply-migrations.ts';
import { createDatabase, runOn } from '../support/database.ts';
import type { Row } from '../support/database.ts';
import { dumpSchema } from './schema-dump.ts';

const MIGRATIONS = new URL('../../migrations/', import.meta.url);

/** After a new migration: `UPDATE_SCHEMA=1 npm run test:jest -- --selectProjects=integration --testPathPatterns=migrations`. */
const LANDED = new URL('../fixtures/migrations.sha256', import.meta.url);

const names = async (): Promise<string[]> => (await readdir(MIGRATIONS)).toSorted();

describe('A released migration', () => {
  it('It never changes', async () => {
    const hash = async (name: string): Promise<string> =>
      createHash('sha256')
        .update(await readFile(new URL(name, MIGRATIONS)))
        .digest('hex');
    const lines = await Promise.all((await names()).map(async (name) => `${await hash(name)}  ${name}\n`));
    const landed = await readFile(LANDED, 'utf8');
    // Updating only ever adds.
    if (process.env['UPDATE_SCHEMA'] === '1' && lines.join('').startsWith(landed))
      await writeFile(LANDED, lines.join(''));

    expect(lines.join('')).toBe(await readFile(LANDED, 'utf8'));
  });
});

const database = await createDatabase({ empty: true });
afterAll(() => database.drop());

describe('The migrations', () => {
  const query = (sql: string): Promise<Row[]> => runOn(database.admin, sql);
  const dump = (): Promise<string> => dumpSchema(query);
  const tables = (): Promise<Row[]> =>
    query(`SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY relname`);

  // As empty as a new database, in a tenth of the time.
  beforeEach(() =>
    query('DROP SCHEMA IF EXISTS consultas CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public'),
  );

  afterEach(() => database.expectNoTrace());

  it('They are applied once each, in order, and reported one by one', async () => {
    const told: string[] = [];
    const applied = await applyMigrations(database.admin, (name) => told.push(name));

    expect(applied).toEqual((await names()).map((name) => name.replace('.sql', '')));
    expect(told).toEqual(applied);
    expect(applied).toContain(MIGRACION_REQUERIDA);
    const before = await dump();
    expect(await applyMigrations(database.admin)).toEqual([]);
    expect(await dump()).toBe(before);
  });

  it('They are applied once each by three processes at the same time', async () => {
    const applied = await Promise.all([1, 2, 3].map(() => applyMigrations(database.admin)));

    expect(applied.flat().toSorted()).toEqual((await names()).map((name) => name.replace('.sql', '')));
  });

  it('They create the nine tables of the manual, two of them as views', async () => {
    const nine = ['configuraciones', 'inventario_actual', 'inventario_historico', 'pedidos_productos'];
    nine.push('pedidos_sugeridos', 'productos', 'ubicaciones', 'usuarios', 'ventas');
    await applyMigrations(database.admin);

    expect((await tables()).map(({ relname }) => relname)).toEqual(expect.arrayContaining(nine));
  });

  it.each([
    ['tables of the predecessor', 'CREATE TABLE ventas (); CREATE TABLE productos ()', 'productos, ventas'],
    ['a view of one of our names', 'CREATE VIEW ventas AS SELECT 1 AS uno', 'ventas'],
    ["somebody else's history", 'CREATE TABLE ventas (); CREATE TABLE migraciones (name text)', 'ventas'],
    ['another kind of history', 'CREATE TABLE ventas (); CREATE TABLE migraciones (archivo text)', 'ventas'],
  ])('They refuse a database with %s before any DDL, and name them', async (_title, ddl, named) => {
    await query(ddl);
    const before = await tables();

    await expect(applyMigrations(database.admin)).rejects.toMatchObject({
      codigo: 'BASE_AJENA',
      message: expect.stringContaining(`(${named})`),
    });
    expect(await tables()).toEqual(before);
  });

  it('They refuse a database of an earlier version of the project before any DDL, and say that it cannot be converted', async () => {
    await query(
      `CREATE TABLE inventario_actual (); CREATE TABLE migraciones (name text); INSERT INTO migraciones VALUES ('001_ubicaciones')`,
    );
    const before = await tables();

    await expect(applyMigrations(database.admin)).rejects.toMatchObject({
      codigo: 'BASE_AJENA',
      message: expect.stringContaining('versión anterior de este proyecto'),
    });
    expect(await tables()).toEqual(before);
  });

  it('They are applied beside the tables of another project with other names', async () => {
    await query('CREATE TABLE clientes (id int)');

    await expect(applyMigrations(database.admin)).resolves.toContain(MIGRACION_REQUERIDA);
  });

  it('They change nothing in a newer schema', async () => {
    await applyMigrations(database.admin);
    await query(`INSERT INTO migraciones (name, run_on) VALUES ('999_futura', now())`);
    await query('ALTER TABLE productos ADD COLUMN futura text');
    const before = await dump();

    expect(await applyMigrations(database.admin)).toEqual([]);
    expect(await dump()).toBe(before);
  });

  it('A migration that fails leaves nothing, and the next attempt goes on from there', async () => {
    await query('CREATE TYPE almacenes AS ENUM ()');
    await expect(applyMigrations(database.admin)).rejects.toMatchObject({
      codigo: 'MIGRACION_FALLIDA',
      message: expect.stringContaining('008_almacenes.sql'),
    });
    expect((await query('SELECT name FROM migraciones ORDER BY name')).at(-1)).toEqual({
      name: '007_pedidos_sugeridos',
    });

    await query('DROP TYPE almacenes');
    expect((await applyMigrations(database.admin))[0]).toBe('008_almacenes');
  });
});
