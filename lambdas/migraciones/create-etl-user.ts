import type { Client } from 'pg';
import type { DatabaseSettings } from '../shared/database-settings.ts';
import { PipelineError } from '../shared/errors.ts';
import { ETL_FUNCTIONS, ETL_TABLE_RIGHTS } from '../shared/etl-rights.ts';
import { withClient } from './apply-migrations.ts';
import { scramVerifier } from './scram-verifier.ts';

const GRANTS = [
  'USAGE ON SCHEMA public',
  ...Object.entries(ETL_TABLE_RIGHTS).map(([tabla, rights]) => `${rights.join(', ')} ON ${tabla}`),
  ...ETL_FUNCTIONS.map((funcion) => `EXECUTE ON FUNCTION ${funcion}`),
];

/** Credentials of the pipeline's own database user. */
export interface EtlUser {
  readonly user: string;
  readonly password: string;
}

/**
 * Creates the pipeline's database user or updates its password, and grants it what it needs and nothing else. Idempotent.
 * @throws PipelineError `USUARIO_ETL_INVALIDO` when the name or password cannot serve, or the role has powers of its own.
 */
export async function createEtlUser(settings: DatabaseSettings, etl: EtlUser): Promise<void> {
  refuseUnusable(settings, etl);
  await withClient(settings, async (client) => {
    await client.query('BEGIN');
    const verb = (await roleExists(client, etl.user)) ? 'ALTER' : 'CREATE';
    const verifier = scramVerifier(etl.password);
    await runDdl(client, `${verb} ROLE %I LOGIN PASSWORD %L`, [etl.user, verifier]);
    await runDdl(client, 'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM %I', [etl.user]);
    for (const grant of GRANTS) await runDdl(client, `GRANT ${grant} TO %I`, [etl.user]);
    await client.query('COMMIT');
  });
}

function refuseUnusable(settings: DatabaseSettings, etl: EtlUser): void {
  if (etl.user === settings.user) {
    throw new PipelineError('USUARIO_ETL_INVALIDO', `El usuario del ETL (${etl.user}) es el mismo que migra`);
  }
  // SASLprep (RFC 4013) leaves printable ASCII as it is; beyond it, client and server may disagree on the bytes.
  if (!/^[\x20-\x7e]{8,}$/.test(etl.password)) {
    throw new PipelineError(
      'USUARIO_ETL_INVALIDO',
      'La contraseña del usuario del ETL debe tener al menos 8 caracteres ASCII imprimibles',
    );
  }
}

/** Grants can be taken away; what a role is, owns or inherits cannot, so such a role is refused. */
async function roleExists(client: Client, user: string): Promise<boolean> {
  const { rows } = await client.query<{ privilegiado: boolean }>(
    `SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication
            OR EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid)
            OR EXISTS (SELECT FROM pg_shdepend
                        WHERE refclassid = 'pg_authid'::regclass AND refobjid = r.oid AND deptype = 'o') AS privilegiado
       FROM pg_roles r WHERE rolname = $1::text`,
    [user],
  );
  if (rows[0]?.privilegiado === true) {
    throw new PipelineError(
      'USUARIO_ETL_INVALIDO',
      `El usuario ${user} ya existe y administra el servidor, es dueño de algo o hereda de otro usuario`,
    );
  }
  return rows.length > 0;
}

/** DDL takes no parameters: the server itself quotes the values into the statement. */
async function runDdl(client: Client, template: string, values: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ ddl: string }>(
    'SELECT format($1::text, VARIADIC $2::text[]) AS ddl',
    [template, values],
  );
  for (const { ddl } of rows) await client.query(ddl);
}
