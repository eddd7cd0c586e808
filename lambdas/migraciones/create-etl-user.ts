import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import pRetry from 'p-retry';
import type { Client } from 'pg';
import { z } from 'zod';
import { describeIssues } from '../core/errors/invalid.ts';
import { inTransaction } from '../core/postgres/transaction.ts';
import type { DatabaseSettings } from '../core/postgres/settings.ts';
import { PipelineError } from '../core/errors/errors.ts';
import { ETL_FUNCTIONS, ETL_TABLE_RIGHTS } from '../core/config/etl-rights.ts';
import { EtlPasswordSchema, EtlUserNameSchema } from '../core/postgres/settings.ts';
import { refusePowerfulRole, findOtherRights, revokeRights } from './etl-role.ts';
import { withClient, withTurn } from './migration-session.ts';
import { refuseWithoutRoleRights } from './rights.ts';

const GRANTS = [
  'USAGE ON SCHEMA public',
  ...Object.entries(ETL_TABLE_RIGHTS).map(([tabla, rights]) => `${rights.join(', ')} ON ${tabla}`),
  ...ETL_FUNCTIONS.map((funcion) => `EXECUTE ON FUNCTION ${funcion}`),
];

/** The keys are the secret's, because the message names them. */
const EtlUserSchema = z.object({ username: EtlUserNameSchema, password: EtlPasswordSchema });

/** Roles belong to the whole server, so the migration of another database may create or change the same one meanwhile. */
const CHANGED_MEANWHILE = new Set(['23505', '42710', 'XX000']);
const RETRIES = 5;
const FIRST_WAIT_MS = 100;

/** Credentials of the pipeline's own database user. */
export interface EtlUser {
  readonly user: string;
  readonly password: string;
}

/**
 * Refuses an unusable name or password, without a database.
 * @throws PipelineError `USUARIO_ETL_INVALIDO`
 */
export function refuseUnusableEtlUser(settings: DatabaseSettings, etl: EtlUser): void {
  if (etl.user === settings.user) {
    throw new PipelineError('USUARIO_ETL_INVALIDO', `El usuario del ETL (${etl.user}) es el mismo que migra`);
  }
  const parsed = EtlUserSchema.safeParse({ username: etl.user, password: etl.password });
  if (!parsed.success) {
    throw new PipelineError(
      'USUARIO_ETL_INVALIDO',
      `El usuario del ETL no sirve: ${describeIssues(parsed.error).join('; ')}`,
    );
  }
}

/**
 * Refuses a user that `createEtlUser` would refuse, before anything is migrated.
 * @throws PipelineError `USUARIO_ETL_INVALIDO`, `BD_PERMISO_MIGRACION`
 */
export async function checkEtlUser(settings: DatabaseSettings, etl: EtlUser): Promise<void> {
  refuseUnusableEtlUser(settings, etl);
  await withClient(settings, (client) => refuseRole(client, etl.user));
}

/**
 * Creates the pipeline's database user or updates its password, revokes every right it has in this database and grants what it needs.
 * Idempotent. Returns the rights that it has otherwise, such as those of PUBLIC.
 * @throws PipelineError `USUARIO_ETL_INVALIDO` when name or password are unusable, or the role has powers that a person must revoke;
 * `BD_PERMISO_MIGRACION`
 */
export async function createEtlUser(settings: DatabaseSettings, etl: EtlUser): Promise<string[]> {
  refuseUnusableEtlUser(settings, etl);
  return pRetry(() => withTurn(settings, (client) => setUp(client, etl)), {
    retries: RETRIES,
    minTimeout: FIRST_WAIT_MS,
    randomize: true,
    shouldRetry: ({ error }) => isChangedMeanwhile(error),
  });
}

async function setUp(client: Client, { user, password }: EtlUser): Promise<string[]> {
  await refuseRole(client, user);
  await inTransaction(client, async () => {
    const { rows } = await client.query('SELECT FROM pg_roles WHERE rolname = $1::text', [user]);
    const verb = rows.length > 0 ? 'ALTER' : 'CREATE';
    await runDdl(client, `${verb} ROLE %I LOGIN PASSWORD %L`, [user, scramVerifier(password)]);
    await revokeRights(client, user);
    for (const grant of GRANTS) await runDdl(client, `GRANT ${grant} TO %I`, [user]);
  });
  return findOtherRights(client, user);
}

async function refuseRole(client: Client, user: string): Promise<void> {
  await refuseWithoutRoleRights(client, user);
  await refusePowerfulRole(client, user);
}

const WithCause = z.object({ cause: z.object({ code: z.string() }) });

const isChangedMeanwhile = (error: unknown): boolean =>
  CHANGED_MEANWHILE.has(WithCause.safeParse(error).data?.cause.code ?? '');

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
