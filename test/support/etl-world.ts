import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { readCatalogo } from '../../lambdas/core/config/catalogo.ts';
import { startKlkSimulator } from '../../local/klk-simulator/server.ts';
import type { KlkSimulator } from '../../local/klk-simulator/server.ts';
import { createTestDatabase } from './database.ts';
import type { TestDatabase } from './database.ts';
import { runBin } from './run-bin.ts';
import type { Finished } from './run-bin.ts';

/** Articles of each warehouse: one bad row of so many is below every threshold. */
export const ARTICULOS = 120;

/** Goes to KLK with every request, and to no output. */
export const HEADER_CANARY = 'canario-de-la-cabecera';

type Env = Readonly<Record<string, string>>;

/** The real systems that `npm run etl` is pointed at. */
export interface EtlWorld {
  readonly database: TestDatabase;
  readonly klk: KlkSimulator;
  /** The variables for KLK alone, all that a dry run needs. */
  readonly klkEnv: Env;
  /** All variables. */
  readonly env: Env;
  /** Runs the command, with all variables or with these; fails when it prints a secret. */
  etl(args: readonly string[], variables?: Env): Promise<Finished>;
  /** Writes a file of its own. Returns its path. */
  saveFile(name: string, content: string): Promise<string>;
  close(): Promise<void>;
}

/** Brings a KLK and a migrated database up. */
export async function startEtlWorld(): Promise<EtlWorld> {
  const database = await createTestDatabase();
  const klk = await startKlkSimulator({ tiendas: readCatalogo(), articulosPorAlmacen: ARTICULOS });
  const folder = await mkdtemp(join(tmpdir(), 'inventario-klk-etl-'));
  const { host, port, database: dbname, user, password } = database.etl;
  const klkEnv = {
    KLK_URL: klk.baseUrl,
    KLK_HEADERS: JSON.stringify({ 'x-api-key': HEADER_CANARY }),
    KLK_REINTENTOS: '0',
  };
  const env = {
    ...klkEnv,
    POSTGRES_HOST: host,
    POSTGRES_PORT: String(port),
    POSTGRES_DB: dbname,
    POSTGRES_USER: user,
    POSTGRES_PASSWORD: password,
  };
  return {
    database,
    klk,
    klkEnv,
    env,
    etl: async (args, variables = env) => {
      const finished = await runBin('etl', args, variables);
      for (const canary of [HEADER_CANARY, password])
        expect(`${finished.stdout}${finished.stderr}`).not.toContain(canary);
      return finished;
    },
    saveFile: async (name, content) => {
      const file = join(folder, name);
      await writeFile(file, content);
      return file;
    },
    close: async () => {
      await Promise.all([klk.close(), rm(folder, { recursive: true })]);
      await database.drop();
    },
  };
}
