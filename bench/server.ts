import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Pool } from 'pg';
import { applyMigrations } from '../lambdas/migraciones/apply-migrations.ts';
import { createUser, ETL } from '../lambdas/migraciones/create-user.ts';
import { toClientConfig } from '../lambdas/core/postgres/settings.ts';
import type { DatabaseSettings } from '../lambdas/core/postgres/settings.ts';
import { startPostgres } from '../local/postgres/server.ts';
import { bundle, UNGUARDED } from './processes.ts';

/** The work of autovacuum and the checkpointer between two runs of production, half an hour apart. */
const SETTLE = [
  'VACUUM (ANALYZE) inventario_vigente',
  'VACUUM (ANALYZE) productos',
  'VACUUM (ANALYZE) ventas_tramos',
  'CHECKPOINT',
];

interface Written {
  readonly walMb: number;
  readonly historicoMb: number;
}

const WRITTEN = `
  SELECT ((pg_current_wal_lsn() - '0/0') / 1e6)::float8 AS "walMb",
         (sum(pg_total_relation_size(inhrelid)) / 1e6)::float8 AS "historicoMb"
    FROM pg_inherits WHERE inhparent = 'inventario_versiones'::regclass`;

/** A migrated database of its own. */
export interface BenchDatabase {
  /** As the pipeline's user. */
  readonly etl: DatabaseSettings;
  /** As the superuser who owns everything. */
  readonly owner: DatabaseSettings;
  /** The same, one connection. */
  readonly admin: Pool;
  /** Leaves the database as a run of production finds it. */
  settle(): Promise<void>;
  /** Bytes written so far: write-ahead log of the server, history of this database with its indexes. */
  written(): Promise<Written>;
  /** The final tables as one text, without times: equal for loaders that did the same. */
  digest(): Promise<string>;
  drop(): Promise<void>;
}

const DIGEST = `
  SELECT concat_ws(' ',
    (SELECT md5(string_agg(concat_ws(' ', ubicacion_id, almacen_codigo, producto_id, trim_scale(cantidad), trim_scale(precio_venta),
                                     trim_scale(iva)), ',' ORDER BY almacen_codigo, producto_id)) FROM inventario_actual),
    (SELECT count(*) || ' ' || trim_scale(sum(cantidad)) FROM inventario_historico),
    (SELECT md5(string_agg(concat_ws(' ', ubicacion_id, dia, numero_factura, linea, fecha_venta, producto_id, trim_scale(cantidad_vendida),
                                     trim_scale(venta_total), trim_scale(costo_total), trim_scale(total_factura)), ','
                           ORDER BY ubicacion_id, dia, numero_factura, linea)) FROM ventas),
    (SELECT concat_ws(' ', sum(lineas), sum(facturas), trim_scale(sum(venta_total))) FROM ventas_tramos),
    (SELECT count(*) FROM productos), (SELECT count(*) FROM almacenes), (SELECT count(*) FROM ubicaciones)) AS digest`;

export interface BenchServer {
  /** `PostgreSQL 16.14`. */
  readonly version: string;
  /** The bundled loaders, for `startLoader`. */
  readonly loaderFile: string;
  /** The same without the guards. */
  readonly unguardedFile: string;
  createDatabase(): Promise<BenchDatabase>;
}

/** Runs `fn` with a PostgreSQL of default settings (fsync on), and removes its data afterwards. */
export async function withServer<T>(
  fn: (server: BenchServer) => Promise<T>,
  settings: Readonly<Record<string, string>> = {},
): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'inventario-klk-bench-'));
  const postgres = await startPostgres({
    dataDir,
    settings,
    onWarning: (message) => process.stderr.write(`${message}\n`),
  });
  try {
    const maintenance: DatabaseSettings = { ...postgres, tls: false };
    const version = await ask(maintenance, `SELECT split_part(version(), ' on ', 1) AS answer`);
    const loaderFile = join(dataDir, 'loader.mjs');
    const unguardedFile = join(dataDir, 'unguarded.mjs');
    await bundle('loader-process.ts', loaderFile);
    await bundle('loader-process.ts', unguardedFile, [UNGUARDED]);
    return await fn({
      version,
      loaderFile,
      unguardedFile,
      createDatabase: () => createDatabase(maintenance),
    });
  } finally {
    await postgres.stop();
    await rm(dataDir, { recursive: true });
  }
}

async function createDatabase(maintenance: DatabaseSettings): Promise<BenchDatabase> {
  const suffix = randomBytes(4).toString('hex');
  const settings = { ...maintenance, database: `bench_${suffix}` };
  await ask(maintenance, `CREATE DATABASE ${settings.database}`);
  await applyMigrations(settings);
  const etl = { user: `etl_${suffix}`, password: randomBytes(16).toString('hex') };
  await createUser(settings, ETL, etl);
  const admin = new Pool({ ...toClientConfig(settings), max: 1 });
  // A failed start has its own error, which must not be replaced.
  admin.on('error', () => undefined);
  return {
    etl: { ...settings, ...etl },
    owner: settings,
    admin,
    settle: async () => {
      for (const statement of SETTLE) await admin.query(statement);
    },
    written: async () => {
      const { rows } = await admin.query<Written>(WRITTEN);
      return rows[0] ?? { walMb: Number.NaN, historicoMb: Number.NaN };
    },
    digest: async () => {
      const { rows } = await admin.query<{ digest: string }>(DIGEST);
      return rows[0]?.digest ?? '';
    },
    drop: async () => {
      await admin.end();
      await ask(maintenance, `DROP DATABASE ${settings.database} WITH (FORCE)`);
    },
  };
}

async function ask(settings: DatabaseSettings, statement: string): Promise<string> {
  const client = new Client(toClientConfig(settings));
  await client.connect();
  try {
    const { rows } = await client.query<{ answer?: string }>(statement);
    return rows[0]?.answer ?? '';
  } finally {
    await client.end();
  }
}
