import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { applyMigrations } from '../../lambdas/migraciones/apply-migrations.ts';
import { CONSULTAS, createUser } from '../../lambdas/migraciones/create-user.ts';
import { createDatabase, runOn, useDatabase } from '../support/database.ts';
import { readDocument } from '../support/guide.ts';

const GUIDES = [
  'README.md',
  ...readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
];

const SQL =
  /`((?:ALTER|BEGIN|CREATE|DELETE|DROP|GRANT|INSERT|REASSIGN|REINDEX|REVOKE|SELECT|SET|TRUNCATE|UPDATE|VACUUM) [^`\n]+)`/g;

/** The statements that stand within sentences, and which guide has them. */
const WRITTEN = new Map(
  GUIDES.flatMap((guide) =>
    [...readDocument(guide).matchAll(SQL)].map(([, statement = '']) => [statement, guide] as const),
  ),
);

const tried = new Set<string>();

/** The statement of some guide that begins like this, as a test runs it. */
function statement(beginning: string): string {
  const [found = '', ...others] = [...WRITTEN.keys()].filter((written) => written.startsWith(beginning));
  if (found === '' || others.length > 0) throw new Error(`Not one statement begins like this: ${beginning}`);
  tried.add(found);
  return found;
}

const unused = (name: string): string => `${name}_${randomBytes(4).toString('hex')}`;

const database = await useDatabase();

describe('The SQL within the sentences of the guides', () => {
  it.each([
    'CREATE DATABASE inventario_klk;',
    'CREATE DATABASE inventario_klk',
    'CREATE DATABASE inventario',
  ])('It creates an empty database: %s', async (written) => {
    expect(WRITTEN.has(written)).toBe(true);
    tried.add(written);
    const name = unused('inventario');
    await database.query(written.replace(/inventario(_klk)?/, name));
    await database.query(`DROP DATABASE ${name}`);
  });

  it.each(['SELECT ubicacion_id, count(*)', 'SELECT pid, state'])(
    'It answers the user of the pipeline: %s',
    async (beginning) => {
      await runOn(database.etl, statement(beginning));
    },
  );

  it.each([
    ['SELECT pg_cancel_backend', '57014'],
    ['SELECT pg_terminate_backend', '57P01'],
  ])('It ends what another session does: %s', async (beginning, code) => {
    const other = await database.openSession();
    const [{ pid } = {}] = await other.query('SELECT pg_backend_pid() AS pid');
    const holder = await database.openSession();
    await holder.query('BEGIN; LOCK TABLE productos');
    const ended = expect(other.query('BEGIN; LOCK TABLE productos')).rejects.toMatchObject({ code });
    // A cancellation that arrives before the statement begins cancels nothing.
    await database.untilSomebodyWaits();
    await database.query(statement(beginning).replace('(pid)', `(${String(pid)})`));
    await ended;
  });

  it('It compacts the indexes of a month of sales', async () => {
    const written = statement('REINDEX TABLE CONCURRENTLY ventas_');
    const month = new Date().toISOString().slice(0, 7).replace('-', '_');
    await runOn(database.admin, written.replace(/\d{4}_\d{2}/, month));
  });

  it('It removes the user of the queries, as the user that migrates and is no superuser', async () => {
    const [migrador, lector] = [unused('migrador'), unused('lector')];
    await database.query(`CREATE ROLE ${migrador} LOGIN CREATEROLE PASSWORD 'clave-del-migrador'`);
    const empty = await createDatabase({ empty: true, owner: migrador });
    const settings = { ...empty.admin, user: migrador, password: 'clave-del-migrador' };
    try {
      await applyMigrations(settings);
      await createUser(settings, CONSULTAS, { user: lector, password: 'clave-del-lector' });
      await runOn(
        settings,
        statement('GRANT inventario_consultas').replaceAll('inventario_consultas', lector),
      );
      expect(await database.query('SELECT FROM pg_roles WHERE rolname = $1', [lector])).toEqual([]);
    } finally {
      await empty.drop();
      await database.query(`DROP ROLE IF EXISTS ${lector}; DROP ROLE ${migrador}`);
    }
  });

  it('No statement is left untried, but for those whose names the message of an error has', () => {
    const untried = [...WRITTEN.keys()].filter((written) => !tried.has(written) && !written.includes('...'));
    expect(untried).toEqual([]);
    expect([...WRITTEN].filter(([written]) => written.includes('...')).map(([, guide]) => guide)).toEqual(
      Array(3).fill('docs/errores.md'),
    );
  });
});
