import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import pRetry from 'p-retry';
import type { Client } from 'pg';
import { z } from 'zod';
import { describeIssues } from '../core/errors/invalid.ts';
import { inTransaction } from '../core/postgres/transaction.ts';
import type { DatabaseSettings } from '../core/postgres/settings.ts';
import { codeOf, PipelineError } from '../core/errors/errors.ts';
import { ETL_FUNCTIONS, ETL_TABLE_RIGHTS } from '../core/config/etl-rights.ts';
import { PasswordSchema, UserNameSchema } from '../core/postgres/settings.ts';
import { refusePowerfulRole, findOtherRights, revokeRights } from './user-role.ts';
import { withClient, withMigrationLock } from './migration-session.ts';
import { refuseWithoutRoleRights } from './rights.ts';

/** What a program's own user may do, and what it is called when it cannot be created. */
export interface DatabaseRole {
  readonly codigo: 'USUARIO_ETL_INVALIDO' | 'USUARIO_CONSULTAS_INVALIDO';
  /** After "El usuario". */
  readonly nombre: string;
  /** Each is the middle of GRANT … TO. */
  readonly grants: readonly string[];
  /** Its sessions begin read-only: what PUBLIC may make, such as temporary tables and large objects, it does not. */
  readonly readOnly?: true;
}

/** The pipelines' user. */
export const ETL: DatabaseRole = {
  codigo: 'USUARIO_ETL_INVALIDO',
  nombre: 'del ETL',
  grants: [
    'USAGE ON SCHEMA public',
    ...Object.entries(ETL_TABLE_RIGHTS).map(([tabla, rights]) => `${rights.join(', ')} ON ${tabla}`),
    ...ETL_FUNCTIONS.map((funcion) => `EXECUTE ON FUNCTION ${funcion}`),
  ],
};

/** The user of the read-only API: what the schema `consultas` shows, and nothing else. */
export const CONSULTAS: DatabaseRole = {
  codigo: 'USUARIO_CONSULTAS_INVALIDO',
  nombre: 'de las consultas',
  grants: [
    'USAGE ON SCHEMA consultas',
    'SELECT ON ALL TABLES IN SCHEMA consultas',
    'EXECUTE ON ALL FUNCTIONS IN SCHEMA consultas',
  ],
  readOnly: true,
};

/** The keys are the secret's, because the message names them. */
const UserSchema = z.object({ username: UserNameSchema, password: PasswordSchema });

/** Roles belong to the whole server, so the migration of another database may create or change the same one meanwhile. */
const CHANGED_MEANWHILE = new Set(['23505', '42710', 'XX000']);
const RETRIES = 5;
const FIRST_WAIT_MS = 100;

/** Credentials of a program's own database user. */
export interface DatabaseUser {
  readonly user: string;
  readonly password: string;
}

/**
 * Refuses an unusable name or password, without a database.
 * @throws PipelineError `USUARIO_*_INVALIDO`
 */
export function refuseUnusableUser(
  settings: DatabaseSettings,
  { codigo, nombre }: DatabaseRole,
  { user, password }: DatabaseUser,
): void {
  if (user === settings.user) {
    throw new PipelineError(codigo, `El usuario ${nombre} (${user}) es el mismo que migra`);
  }
  const parsed = UserSchema.safeParse({ username: user, password });
  if (!parsed.success) {
    throw new PipelineError(
      codigo,
      `El usuario ${nombre} no sirve: ${describeIssues(parsed.error).join('; ')}`,
    );
  }
}

/**
 * Refuses a user that `createUser` would refuse, before anything is migrated.
 * @throws PipelineError `USUARIO_*_INVALIDO`, `BD_PERMISO_MIGRACION`
 */
export async function checkUser(
  settings: DatabaseSettings,
  role: DatabaseRole,
  login: DatabaseUser,
): Promise<void> {
  refuseUnusableUser(settings, role, login);
  await withClient(settings, (client) => refuseRole(client, role, login.user));
}

/**
 * Creates a program's database user or updates its password, revokes every right it has in this database and grants what it needs.
 * Idempotent. Returns the rights that it has otherwise, such as those of PUBLIC.
 * @throws PipelineError `USUARIO_*_INVALIDO` when name or password are unusable, or the role has powers that a person must revoke;
 * `BD_PERMISO_MIGRACION`
 */
export async function createUser(
  settings: DatabaseSettings,
  role: DatabaseRole,
  login: DatabaseUser,
): Promise<string[]> {
  refuseUnusableUser(settings, role, login);
  return pRetry(() => withMigrationLock(settings, (client) => setUp(client, role, login)), {
    retries: RETRIES,
    minTimeout: FIRST_WAIT_MS,
    randomize: true,
    shouldRetry: ({ error }) => isChangedMeanwhile(error),
  });
}

async function setUp(
  client: Client,
  role: DatabaseRole,
  { user, password }: DatabaseUser,
): Promise<string[]> {
  await refuseRole(client, role, user);
  await inTransaction(client, async () => {
    const { rows } = await client.query('SELECT FROM pg_roles WHERE rolname = $1::text', [user]);
    const verb = rows.length > 0 ? 'ALTER' : 'CREATE';
    await runDdl(client, `${verb} ROLE %I LOGIN PASSWORD %L`, [user, scramVerifier(password)]);
    await revokeRights(client, role.codigo, user);
    for (const grant of role.grants) await runDdl(client, `GRANT ${grant} TO %I`, [user]);
    if (role.readOnly) await runDdl(client, 'ALTER ROLE %I SET default_transaction_read_only = on', [user]);
  });
  return findOtherRights(client, user);
}

async function refuseRole(client: Client, { codigo }: DatabaseRole, user: string): Promise<void> {
  await refuseWithoutRoleRights(client, user);
  await refusePowerfulRole(client, codigo, user);
}

const isChangedMeanwhile = ({ cause }: Error): boolean => CHANGED_MEANWHILE.has(codeOf(cause) ?? '');

/** DDL takes no parameters: the server itself quotes the values into the statement. */
async function runDdl(client: Client, template: string, values: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ ddl: string }>(
    'SELECT format($1::text, VARIADIC $2::text[]) AS ddl',
    [template, values],
  );
  for (const { ddl } of rows) await client.query(ddl);
}

/** PostgreSQL's own default, https://www.postgresql.org/docs/16/runtime-config-connection.html#GUC-SCRAM-ITERATIONS. */
const ITERATIONS = 4096;

/** The SCRAM-SHA-256 verifier PostgreSQL stores for a password (RFC 5803): the password itself never reaches the server or its log. */
function scramVerifier(password: string, salt: Buffer = randomBytes(16)): string {
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256');
  const hmac = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64');
  const serverKey = hmac('Server Key').toString('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
