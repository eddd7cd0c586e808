import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { z } from 'zod';
import { applyMigrations } from '../lambdas/migraciones/apply-migrations.ts';
import { CONSULTAS, createUser, ETL } from '../lambdas/migraciones/create-user.ts';
import { toClientConfig } from '../lambdas/core/postgres/settings.ts';
import type { DatabaseSettings } from '../lambdas/core/postgres/settings.ts';
import { startKlkSimulator } from './klk-simulator/server.ts';
import type { KlkSimulator } from './klk-simulator/server.ts';
import type { TiendaKlk } from './klk-simulator/almacenes.ts';
import { FLUCTUATIONS } from './klk-simulator/fluctuations.ts';
import { startPostgres } from './postgres/server.ts';

const DATABASE = 'inventario';
const ETL_USER = 'inventario_etl';
const CONSULTAS_USER = 'consultas';

const RondaSchema = z.object({ ronda: z.int().min(0) });

/** PostgreSQL with the schema, and a KLK simulator, on this machine. */
export interface LocalEnvironment {
  /** As the pipeline's own user. */
  readonly database: DatabaseSettings;
  /** As the read-only user of the queries. */
  readonly consultas: DatabaseSettings;
  /** As the owner of everything, who migrates. */
  readonly admin: DatabaseSettings;
  readonly caFile: string;
  readonly klk: KlkSimulator;
}

/**
 * Runs `fn` with PostgreSQL and KLK up, and stops both afterwards. The data and the round of KLK's stock are kept in `dir`.
 * @throws LocalPostgresError, PipelineError when either cannot be brought up.
 */
export async function withLocalEnvironment<T>(
  dir: string,
  tiendas: readonly TiendaKlk[],
  onWarning: (message: string) => void,
  fn: (environment: LocalEnvironment) => Promise<T>,
): Promise<T> {
  await mkdir(dir, { recursive: true });
  const server = await startPostgres({ dataDir: join(dir, 'postgres'), onWarning });
  try {
    const admin: DatabaseSettings = { ...server, database: DATABASE, tls: { ca: server.ca } };
    await createDatabase({ ...admin, database: server.database });
    await applyMigrations(admin);
    // A new password every time: no other process needs it.
    const password = randomBytes(24).toString('base64url');
    await createUser(admin, ETL, { user: ETL_USER, password });
    await createUser(admin, CONSULTAS, { user: CONSULTAS_USER, password });

    const rondaFile = join(dir, 'ronda.json');
    const klk = await startKlkSimulator({
      tiendas,
      rondaInicial: await readRonda(rondaFile),
      existenciaSegunVentas: true,
      fluctuations: FLUCTUATIONS,
      // Some stocks change with every answer, so that a second run finds changes at any hour.
      movimiento: 0.01,
    });
    try {
      return await fn({
        database: { ...admin, user: ETL_USER, password },
        consultas: { ...admin, user: CONSULTAS_USER, password },
        admin,
        caFile: server.caFile,
        klk,
      });
    } finally {
      const ronda = Math.max(
        ...tiendas.flatMap(({ almacenes }) => almacenes.map(({ codigo }) => klk.ronda(codigo))),
      );
      await writeFile(rondaFile, JSON.stringify({ ronda }));
      await klk.close();
    }
  } finally {
    await server.stop();
  }
}

async function createDatabase(settings: DatabaseSettings): Promise<void> {
  const client = new Client(toClientConfig(settings));
  await client.connect();
  try {
    const { rows } = await client.query('SELECT FROM pg_database WHERE datname = $1::text', [DATABASE]);
    if (rows.length === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(DATABASE)}`);
  } finally {
    await client.end();
  }
}

/** The round of the last run; 0 without a valid file. */
async function readRonda(file: string): Promise<number> {
  try {
    return RondaSchema.parse(JSON.parse(await readFile(file, 'utf8'))).ronda;
  } catch {
    return 0;
  }
}
