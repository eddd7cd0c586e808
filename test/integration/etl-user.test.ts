import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createUser, ETL } from '../../lambdas/migraciones/create-user.ts';
import { applyMigrations } from '../../lambdas/migraciones/apply-migrations.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';
import { createDatabase, runOn, useDatabase } from '../support/database.ts';
import { insertTiendas, load } from '../support/inventory.ts';
import { PERIFERICO, snapshot } from '../support/snapshots.ts';

const PASSWORD = 'una \'clave\' "larga" con $1, %I y \\';

const database = await useDatabase();

/** Each test has its own role, because roles belong to the whole server. Its name needs quoting. */
let user: string;
let role: string;

beforeEach(() => {
  user = `Etl de "prueba" ${randomBytes(4).toString('hex')}`;
  role = `"${user.replaceAll('"', '""')}"`;
});

afterEach(async () => {
  const exists = await database.query('SELECT FROM pg_roles WHERE rolname = $1', [user]);
  if (exists.length > 0) await database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
});

const loginWith = (password: string): DatabaseSettings => ({ ...database.admin, user, password });

const whoAmI = (password: string): Promise<unknown> =>
  runOn(loginWith(password), 'SELECT current_user AS yo');

describe("The step that creates the pipeline's user", () => {
  it('It creates the user with a password that the server never sees in plain text', async () => {
    await createUser(database.admin, ETL, { user, password: PASSWORD });

    expect(await whoAmI(PASSWORD)).toEqual([{ yo: user }]);
    const [{ rolpassword } = {}] = await database.query(
      'SELECT rolpassword FROM pg_authid WHERE rolname = $1',
      [user],
    );
    expect(rolpassword).toMatch(/^SCRAM-SHA-256\$4096:/);
  });

  it('It can be repeated, and replaces the password', async () => {
    await createUser(database.admin, ETL, { user, password: PASSWORD });
    await createUser(database.admin, ETL, { user, password: 'otra-clave' });

    await expect(whoAmI(PASSWORD)).rejects.toMatchObject({ code: '28P01' });
    expect(await whoAmI('otra-clave')).toEqual([{ yo: user }]);
  });

  it('It revokes rights on tables and columns that the pipeline does not need', async () => {
    await createUser(database.admin, ETL, { user, password: PASSWORD });
    await database.query(
      `GRANT DELETE ON inventario_versiones TO ${role}; GRANT SELECT (email) ON usuarios TO ${role}`,
    );
    await createUser(database.admin, ETL, { user, password: PASSWORD });

    await expect(runOn(loginWith(PASSWORD), 'DELETE FROM inventario_versiones')).rejects.toMatchObject({
      code: '42501',
    });
    await expect(runOn(loginWith(PASSWORD), 'SELECT email FROM usuarios')).rejects.toMatchObject({
      code: '42501',
    });
  });

  it.each([
    [
      'CREATE on the schema',
      'GRANT CREATE ON SCHEMA public TO %I',
      `has_schema_privilege($1, 'public', 'CREATE')`,
    ],
    [
      'CREATE and TEMPORARY on the database',
      'GRANT CREATE ON DATABASE %D TO %I',
      `has_database_privilege($1, current_database(), 'CREATE')`,
    ],
    [
      'EXECUTE on a function',
      'GRANT EXECUTE ON FUNCTION retirar_historico(integer) TO %I',
      `has_function_privilege($1, 'retirar_historico(integer)', 'EXECUTE')`,
    ],
    [
      'a sequence',
      'GRANT UPDATE ON SEQUENCE usuarios_id_seq TO %I',
      `has_sequence_privilege($1, 'usuarios_id_seq', 'UPDATE')`,
    ],
    [
      'a column',
      'GRANT SELECT (email) ON usuarios TO %I',
      `has_column_privilege($1, 'usuarios', 'email', 'SELECT')`,
    ],
    [
      'a table of another schema',
      'CREATE SCHEMA IF NOT EXISTS otro; CREATE TABLE IF NOT EXISTS otro.t (); GRANT SELECT ON otro.t TO %I',
      `has_table_privilege($1, 'otro.t', 'SELECT')`,
    ],
    [
      'a right that it may pass on',
      'GRANT SELECT ON usuarios TO %I WITH GRANT OPTION',
      `has_table_privilege($1, 'usuarios', 'SELECT')`,
    ],
    [
      'what will be made later',
      'ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO %I; CREATE TABLE IF NOT EXISTS posterior ()',
      `has_table_privilege($1, 'posterior', 'SELECT')`,
    ],
    [
      "somebody's large object",
      'SELECT lo_create(4711) WHERE NOT EXISTS (SELECT FROM pg_largeobject_metadata WHERE oid = 4711); GRANT UPDATE ON LARGE OBJECT 4711 TO %I',
      `EXISTS (SELECT FROM pg_largeobject_metadata, aclexplode(lomacl) WHERE grantee = $1::regrole)`,
    ],
  ])('It revokes %s', async (_title, ddl, right) => {
    await createUser(database.admin, ETL, { user, password: PASSWORD });
    const has = (): Promise<unknown> =>
      database
        .query(`SELECT ${right} AS tiene`, [role])
        .catch(() => database.query(`SELECT ${right} AS tiene`, [user]));
    await database.query(ddl.replaceAll('%I', role).replaceAll('%D', database.admin.database));
    expect(await has()).toEqual([{ tiene: true }]);

    await createUser(database.admin, ETL, { user, password: PASSWORD });
    expect(await has()).toEqual([{ tiene: false }]);
    await database.query('DROP TABLE IF EXISTS posterior');
  });

  it('It warns of a large object of the user, which any user may create', async () => {
    await createUser(database.admin, ETL, { user, password: PASSWORD });
    await runOn(loginWith(PASSWORD), 'SELECT lo_create(4712)');

    expect(await createUser(database.admin, ETL, { user, password: PASSWORD })).toContain(
      'lo que él mismo creó: large object 4712',
    );
  });

  it('It warns of rights that the database grants to everybody', async () => {
    await database.query('GRANT SELECT ON usuarios TO PUBLIC; GRANT CREATE ON SCHEMA public TO PUBLIC');
    const [publico = ''] = await createUser(database.admin, ETL, { user, password: PASSWORD });
    await database.query('REVOKE SELECT ON usuarios FROM PUBLIC; REVOKE CREATE ON SCHEMA public FROM PUBLIC');

    expect(publico).toContain('PUBLIC');
    for (const right of ['SELECT en usuarios', 'CREATE en el esquema public', 'TEMPORARY en la base'])
      expect(publico).toContain(right);
  });

  it('It fails on a right that a third role granted, with the statement that revokes it', async () => {
    await createUser(database.admin, ETL, { user, password: PASSWORD });
    const third = `tercero_${randomBytes(4).toString('hex')}`;
    await database.query(
      `CREATE ROLE ${third}; GRANT SELECT ON usuarios TO ${third} WITH GRANT OPTION;
       SET ROLE ${third}; GRANT SELECT ON usuarios TO ${role}; RESET ROLE`,
    );

    await expect(createUser(database.admin, ETL, { user, password: PASSWORD })).rejects.toMatchObject({
      codigo: 'USUARIO_ETL_INVALIDO',
      message: expect.stringContaining(`REVOKE ALL ON TABLE public.usuarios FROM ${role}`),
    });
    await database.query(`DROP OWNED BY ${third} CASCADE; DROP ROLE ${third}`);
  });

  it('It creates the user although another database of the server creates it at the same time', async () => {
    const other = await database.openSession();
    await other.query('BEGIN');
    await other.query(`CREATE ROLE ${role}`);

    const creating = createUser(database.admin, ETL, { user, password: PASSWORD });
    await database.untilSomebodyWaits();
    await other.query('COMMIT');
    await other.end();

    await creating;
    expect(await whoAmI(PASSWORD)).toEqual([{ yo: user }]);
  });

  it('It changes the password although another database of the server changes it at the same time', async () => {
    await createUser(database.admin, ETL, { user, password: PASSWORD });
    const other = await database.openSession();
    await other.query('BEGIN');
    await other.query(`ALTER ROLE ${role} PASSWORD 'otra-clave-mas'`);

    const changing = createUser(database.admin, ETL, { user, password: PASSWORD });
    await database.untilSomebodyWaits();
    await other.query('COMMIT');
    await other.end();

    await changing;
    expect(await whoAmI(PASSWORD)).toEqual([{ yo: user }]);
  });

  it.each(['corta12', 'contraseña-larga', 'con\nsalto-de-línea', ''])(
    'It refuses the password %j',
    async (password) => {
      await expect(createUser(database.admin, ETL, { user, password })).rejects.toMatchObject({
        codigo: 'USUARIO_ETL_INVALIDO',
      });
      expect(await database.query('SELECT FROM pg_roles WHERE rolname = $1', [user])).toEqual([]);
    },
  );

  it('It refuses the user that migrates', async () => {
    await expect(
      createUser(database.admin, ETL, { user: database.admin.user, password: PASSWORD }),
    ).rejects.toMatchObject({ codigo: 'USUARIO_ETL_INVALIDO' });
  });

  it.each([
    ['is a superuser', 'ALTER ROLE %I SUPERUSER'],
    ['creates roles', 'ALTER ROLE %I CREATEROLE'],
    ['creates databases', 'ALTER ROLE %I CREATEDB'],
    ['passes row security', 'ALTER ROLE %I BYPASSRLS'],
    ['replicates', 'ALTER ROLE %I REPLICATION'],
    ['inherits from another role', 'GRANT pg_read_all_data TO %I'],
    ['owns a table', 'CREATE TABLE suya (); ALTER TABLE suya OWNER TO %I'],
  ])('It refuses a user that %s, and leaves it as it is', async (_title, ddl) => {
    await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'clave-vieja'; ${ddl.replace('%I', role)}`);

    await expect(createUser(database.admin, ETL, { user, password: PASSWORD })).rejects.toMatchObject({
      codigo: 'USUARIO_ETL_INVALIDO',
    });
    expect(await whoAmI('clave-vieja')).toEqual([{ yo: user }]);
  });
});

describe("The pipeline's user", () => {
  const partition = `inventario_versiones_${new Date().toISOString().slice(0, 7).replace('-', '_')}`;

  it.each([
    'CREATE TABLE public.nueva ()',
    'CREATE SCHEMA nuevo',
    'CREATE ROLE nuevo',
    'CREATE DATABASE nueva',
    'CREATE OR REPLACE FUNCTION public.crear_particiones() RETURNS SETOF text LANGUAGE sql RETURN NULL',
    'SELECT crear_particiones()',
    'ALTER TABLE productos ADD COLUMN nueva text',
    'DROP TABLE inventario_vigente',
    'TRUNCATE inventario_vigente',
    'CREATE INDEX ON inventario_vigente (cantidad)',
    'DROP VIEW inventario_actual',
    `DROP TABLE ${partition}`,
    `ALTER TABLE inventario_versiones DETACH PARTITION ${partition}`,
    `SELECT FROM ${partition}`,
    'SELECT retirar_historico(1)',
    'DELETE FROM inventario_versiones',
    'UPDATE inventario_versiones SET cantidad = 0',
    'DELETE FROM inventario_versiones_default',
    'DELETE FROM almacen_snapshots',
    'UPDATE almacen_snapshots SET articulos = 0',
    'DELETE FROM inventario_sin_confirmar',
    `UPDATE ubicaciones SET nombre = 'OTRO'`,
    'DELETE FROM ubicaciones',
    'UPDATE almacenes SET ubicacion_id = ubicacion_id',
    `UPDATE almacenes SET nombre = 'OTRO', activo = false`,
    'DELETE FROM almacenes',
    'UPDATE inventario_sin_confirmar SET confirmado = confirmado',
    'DELETE FROM productos',
    'DELETE FROM etl_ejecuciones',
    'DELETE FROM etl_rechazos',
    'DELETE FROM migraciones',
    `INSERT INTO migraciones (name, run_on) VALUES ('999', now())`,
    'SELECT FROM usuarios',
    'SELECT FROM configuraciones',
    'TRUNCATE ventas',
    'DELETE FROM ventas_tramos',
    'SELECT FROM pedidos_sugeridos',
    'SELECT FROM pedidos_productos',
    'SELECT rolpassword FROM pg_authid',
    `SELECT pg_read_file('PG_VERSION')`,
    `COPY productos TO PROGRAM 'cat'`,
    'SET ROLE postgres',
  ])('It may not: %s', async (sql) => {
    await expect(runOn(database.etl, sql)).rejects.toMatchObject({ code: '42501' });
  });
});

it('A role that is not a superuser, as on RDS, can migrate, and the user that it creates can load', async () => {
  const migrador = `migrador_${randomBytes(4).toString('hex')}`;
  await database.query(`CREATE ROLE ${migrador} LOGIN CREATEROLE PASSWORD 'clave-del-migrador'`);
  const empty = await createDatabase({ empty: true, owner: migrador });
  const settings = { ...empty.admin, user: migrador, password: 'clave-del-migrador' };
  try {
    await applyMigrations(settings);
    await createUser(settings, ETL, { user, password: PASSWORD });
    await createUser(settings, ETL, { user, password: PASSWORD });

    const etl = { ...settings, user, password: PASSWORD };
    await insertTiendas(etl, [PERIFERICO]);
    // Of this month, whose partition the migrations made.
    await load(etl, snapshot({ '000001': '5', '000002': '3' }, { extraccion: new Date() }));
    await load(etl, snapshot({ '000001': '4' }, { extraccion: new Date() }));
    expect(await runOn(settings, 'SELECT crear_particiones()')).toEqual([]);
    expect(await runOn(settings, 'SELECT retirar_historico(1) AS retirado')).toEqual([{ retirado: null }]);
    expect(await runOn(settings, 'SELECT count(*)::integer AS filas FROM inventario_historico')).toEqual([
      { filas: 2 },
    ]);
  } finally {
    await empty.drop();
    await database.query(`DROP ROLE IF EXISTS ${role}; DROP ROLE ${migrador}`);
  }
});
