import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCatalogo } from '../../lambdas/core/config/catalogo.ts';
import { handler } from '../../lambdas/inventario-klk/handler.ts';
import { startKlkSimulator } from '../../local/klk-simulator/server.ts';
import type { KlkSimulator } from '../../local/klk-simulator/server.ts';
import { startSecretsManagerStub } from '../../local/secrets-manager.ts';
import type { SecretsManagerStub } from '../../local/secrets-manager.ts';
import { captureOutput, toLogLines } from './captured-output.ts';
import type { LogLine } from './captured-output.ts';
import { createTestDatabase } from './database.ts';
import type { TestDatabase } from './database.ts';

export const DB_SECRET = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:prueba/base-AbCdEf';
export const KLK_SECRET = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:prueba/klk-AbCdEf';

/** Articles of each warehouse: one bad row of so many is below every threshold. */
export const ARTICULOS = 120;

/** What an invocation returned or threw, and everything it wrote. */
export interface Invocation {
  readonly returned: unknown;
  readonly thrown: unknown;
  readonly output: string;
  readonly lines: readonly LogLine[];
}

/** What surrounds the Lambda in production: its environment, Secrets Manager, KLK, and PostgreSQL behind TLS. */
export interface LambdaWorld {
  readonly database: TestDatabase;
  readonly klk: KlkSimulator;
  readonly secrets: SecretsManagerStub;
  /** What the database's secret holds; a change takes effect with `setSecret`. */
  readonly dbSecret: Readonly<Record<string, unknown>>;
  readonly klkSecret: Readonly<Record<string, unknown>>;
  /** Values that no output may hold. */
  readonly canaries: readonly string[];
  /** Calls the real handler, with five minutes left unless a test says otherwise. */
  invoke(event: unknown, remainingMs?: number): Promise<Invocation>;
  /** Empties the tables, and makes secrets, environment and KLK healthy again. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

const TABLES = [
  'etl_ejecuciones',
  'almacen_snapshots',
  'inventario_vigente',
  'inventario_versiones',
  'inventario_sin_confirmar',
  'productos',
  'almacenes',
  'ubicaciones',
];

/** Brings a world up. It sets the environment of this process. */
export async function startLambdaWorld(): Promise<LambdaWorld> {
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'inventario-klk-mundo-'));
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, database.ca);
  const klk = await startKlkSimulator({ tiendas: readCatalogo(), articulosPorAlmacen: ARTICULOS });
  const { host, port, database: dbname, user: username, password } = database.etl;
  const header = `canario-${randomBytes(8).toString('hex')}`;
  const dbSecret = { engine: 'postgres', host, port: String(port), dbname, username, password };
  const klkSecret = { baseUrl: klk.baseUrl, headers: { 'x-api-key': header } };
  const secrets = await startSecretsManagerStub({});

  const reset = async (): Promise<void> => {
    for (const table of TABLES) await database.query(`DELETE FROM ${table}`);
    const codigos = readCatalogo().flatMap(({ almacenes }) => almacenes.map(({ codigo }) => codigo));
    for (const codigo of ['*', ...codigos]) klk.setFault(codigo, undefined);
    secrets.setSecret(DB_SECRET, JSON.stringify(dbSecret));
    secrets.setSecret(KLK_SECRET, JSON.stringify(klkSecret));
    Object.assign(process.env, {
      DB_SECRET_ARN: DB_SECRET,
      KLK_SECRET_ARN: KLK_SECRET,
      KLK_PUERTO: String(klk.puerto),
      DB_CA_ARCHIVO: caFile,
      KLK_REINTENTOS: '0',
      POWERTOOLS_METRICS_NAMESPACE: 'Prueba',
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
      AWS_ACCESS_KEY_ID: 'prueba',
      AWS_SECRET_ACCESS_KEY: randomBytes(16).toString('hex'),
    });
  };
  await reset();

  return {
    database,
    klk,
    secrets,
    dbSecret,
    klkSecret,
    canaries: [password, header],
    invoke: async (event, remainingMs = 300_000) => {
      const context = { awsRequestId: randomUUID(), getRemainingTimeInMillis: () => remainingMs };
      const { outcome, output } = await captureOutput(() => handler(event, context));
      const lines = toLogLines(output);
      return outcome.status === 'fulfilled'
        ? { returned: outcome.value, thrown: undefined, output, lines }
        : { returned: undefined, thrown: outcome.reason, output, lines };
    },
    reset,
    close: async () => {
      await Promise.all([klk.close(), secrets.close(), rm(folder, { recursive: true })]);
      await database.drop();
    },
  };
}
