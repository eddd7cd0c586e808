import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from '@jest/globals';
import { readCatalogo } from '../../lambdas/core/config/catalogo.ts';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import { KlkSettingsSchema } from '../../lambdas/core/klk/settings.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';
import { askDatabase } from '../../lambdas/core/run/question.ts';
import type { InvocationContext } from '../../lambdas/core/run/lambda.ts';
import type { QuestionContext } from '../../lambdas/core/run/question.ts';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import { TunablesSchema, toTunables } from '../../lambdas/inventario-klk/config.ts';
import { handler } from '../../lambdas/inventario-klk/handler.ts';
import { startKlkSimulator } from '../../local/klk-simulator/server.ts';
import type { KlkSimulator } from '../../local/klk-simulator/server.ts';
import { startSecretsManagerStub } from '../../local/secrets-manager.ts';
import type { SecretsManagerStub } from '../../local/secrets-manager.ts';
import { runBin } from './commands.ts';
import type { Env, Finished } from './commands.ts';
import { useDatabase } from './database.ts';
import type { TestDatabase } from './database.ts';
import { clearTables } from './inventory.ts';
import { captureOutput, toLogLines } from './output.ts';
import type { LogLine } from './output.ts';

/** Articles of each warehouse: one bad row of so many is below every threshold. */
export const ARTICULOS = 120;

export const CATALOGO = readCatalogo();
export const ACTIVAS = CATALOGO.filter(({ activa }) => activa);

/** The codes of the warehouses of these stores. */
export const almacenesOf = (tiendas: readonly Tienda[]): string[] =>
  tiendas.flatMap(({ almacenes }) => almacenes.map(({ codigo }) => codigo));

export const DB_SECRET = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:prueba/base-AbCdEf';
export const KLK_SECRET = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:prueba/klk-AbCdEf';

/** A header sent to KLK with every request, which no output may contain. */
export const HEADER_CANARY = 'CANARIO-DE-LA-CABECERA';

/** What an invocation returned or threw, and everything it wrote. */
export interface Invocation {
  readonly returned: unknown;
  readonly thrown: unknown;
  readonly output: string;
  readonly lines: readonly LogLine[];
}

/** How a test invokes the handler: with five minutes left and the variables of a healthy Lambda, unless it says otherwise. */
interface InvokeOptions {
  /** The handler of another Lambda than the inventory's. */
  readonly lambda?: (event: unknown, context: InvocationContext) => Promise<unknown>;
  readonly remainingMs?: number;
  readonly variables?: Readonly<Record<string, string | undefined>>;
}

/** All that surrounds the programs: PostgreSQL with and without TLS, KLK, Secrets Manager, and their environments. */
export interface World {
  readonly database: TestDatabase;
  readonly klk: KlkSimulator;
  readonly secrets: SecretsManagerStub;
  /** What the database's secret holds when all is well. */
  readonly dbSecret: Readonly<Record<string, unknown>>;
  /** The commands' variables for KLK alone, all that a dry run needs. */
  readonly klkEnv: Env;
  /** All variables of the commands. */
  readonly env: Env;
  /** The variables of the Lambda that its stack cannot know. */
  readonly lambdaEnv: Env;
  /** Values that no output may hold. */
  readonly canaries: readonly string[];
  /** Runs `npm run etl` with all variables or with these; fails when it prints a secret. */
  etl(args: readonly string[], variables?: Env): Promise<Finished>;
  /** The same of `npm run ventas`. */
  ventas(args: readonly string[], variables?: Env): Promise<Finished>;
  /** Calls the inventory's real handler. */
  call(event: unknown, options?: Omit<InvokeOptions, 'lambda'>): ReturnType<typeof handler>;
  /** Calls a real handler, and keeps what it wrote. */
  invoke(event: unknown, options?: InvokeOptions): Promise<Invocation>;
  /** Writes a file of its own. Returns its path. */
  saveFile(name: string, content: string): Promise<string>;
  /** Empties the tables, and makes secrets and KLK healthy again. */
  reset(): Promise<void>;
}

/** Starts a world for the tests of one file. A test fails when it leaves a session, a lock or a temporary table in the database. */
export async function useWorld({
  tiendas = CATALOGO,
  articulosPorAlmacen = ARTICULOS,
}: { readonly tiendas?: readonly Tienda[]; readonly articulosPorAlmacen?: number } = {}): Promise<World> {
  const [klk, secrets, folder] = await Promise.all([
    startKlkSimulator({ tiendas, articulosPorAlmacen }),
    startSecretsManagerStub(),
    mkdtemp(join(tmpdir(), 'inventario-klk-mundo-')),
  ]);
  afterAll(() => Promise.all([klk.close(), secrets.close(), rm(folder, { recursive: true })]));
  const database = await useDatabase();
  const saveFile = async (name: string, content: string): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, content);
    return file;
  };

  const { host, port, database: dbname, user: username, password } = database.etl;
  const dbSecret = { engine: 'postgres', host, port: String(port), dbname, username, password };
  const headers = { 'x-clave': HEADER_CANARY };
  const klkEnv = { KLK_URL: klk.baseUrl, KLK_HEADERS: JSON.stringify(headers), KLK_REINTENTOS: '0' };
  const env = {
    ...klkEnv,
    POSTGRES_HOST: host,
    POSTGRES_PORT: String(port),
    POSTGRES_DB: dbname,
    POSTGRES_USER: username,
    POSTGRES_PASSWORD: password,
  };
  const lambdaEnv = {
    DB_SECRET_ARN: DB_SECRET,
    KLK_SECRET_ARN: KLK_SECRET,
    KLK_PUERTO: String(klk.puerto),
    KLK_REINTENTOS: '0',
    DB_CA_ARCHIVO: await saveFile('autoridad.pem', database.ca),
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    AWS_ACCESS_KEY_ID: 'prueba',
    AWS_SECRET_ACCESS_KEY: randomBytes(16).toString('hex'),
  };
  const canaries = [HEADER_CANARY, password];

  const runWithSecrets = async (
    program: string,
    args: readonly string[],
    variables: Env,
  ): Promise<Finished> => {
    const finished = await runBin(program, args, variables);
    for (const canary of canaries) expect(`${finished.stdout}${finished.stderr}`).not.toContain(canary);
    return finished;
  };
  const prepare = ({ remainingMs = 300_000, variables = {} }: InvokeOptions): InvocationContext => {
    setVariables({ POWERTOOLS_METRICS_NAMESPACE: 'Prueba', ...lambdaEnv, ...variables });
    const start = performance.now();
    return {
      awsRequestId: randomUUID(),
      getRemainingTimeInMillis: () => remainingMs - (performance.now() - start),
    };
  };
  const makeHealthy = (): void => {
    const sucursales = tiendas.map(({ sucursalKlk }) => sucursalKlk);
    for (const codigo of ['*', ...sucursales, ...almacenesOf(tiendas)]) klk.setFault(codigo, undefined);
    klk.requests.splice(0);
    secrets.calls.splice(0);
    secrets.setSecret(DB_SECRET, JSON.stringify(dbSecret));
    secrets.setSecret(KLK_SECRET, JSON.stringify({ baseUrl: klk.baseUrl, headers }));
  };
  makeHealthy();

  return {
    database,
    klk,
    secrets,
    dbSecret,
    klkEnv,
    env,
    lambdaEnv,
    canaries,
    etl: (args, variables = env) => runWithSecrets('etl', args, variables),
    ventas: (args, variables = env) => runWithSecrets('ventas', args, variables),
    call: (event, options = {}) => handler(event, prepare(options)),
    invoke: async (event, options = {}) => {
      const { lambda = handler } = options;
      const { outcome, output } = await captureOutput(() => lambda(event, prepare(options)));
      const told = { output, lines: toLogLines(output) };
      return outcome.status === 'fulfilled'
        ? { returned: outcome.value, thrown: undefined, ...told }
        : { returned: undefined, thrown: outcome.reason, ...told };
    },
    saveFile,
    reset: async () => {
      await clearTables(database);
      makeHealthy();
    },
  };
}

/** The names that the last invocation set. */
let namesSet: readonly string[] = [];

/** Gives this process exactly these variables of ours. Those of an invocation that still runs are the same. */
function setVariables(variables: Readonly<Record<string, string | undefined>>): void {
  for (const name of namesSet) Reflect.deleteProperty(process.env, name);
  namesSet = Object.keys(variables);
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
}

/** Nobody listens on port 1. */
const NO_KLK = 'http://127.0.0.1:1';

/** The context of a question, with the default limits. */
export const questionContext = (
  database: DatabaseSettings,
  catalogo: readonly Tienda[] = [],
  klkUrl: string = NO_KLK,
): QuestionContext => ({
  readCatalogo: () => catalogo,
  readTunables: () => toTunables(TunablesSchema.parse({})),
  readKlkSettings: () => Promise.resolve(KlkSettingsSchema.parse({ baseUrl: klkUrl })),
  readDatabaseSettings: () => Promise.resolve(database),
  deadline: deadlineIn(60_000),
  place: { program: 'etl' },
});

/** Asks a database as the pipeline's user does. */
export const askQuestion = <T>(
  { etl }: TestDatabase,
  question: Parameters<typeof askDatabase<T>>[1],
): Promise<T> => askDatabase(questionContext(etl), question);
