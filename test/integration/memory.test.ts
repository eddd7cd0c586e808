import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { z } from 'zod';
import { readCatalogo } from '../../lambdas/core/config/catalogo.ts';
import {
  CONCURRENCIA_POR_DEFECTO,
  MAX_BYTES_POR_DEFECTO,
  MENSAJE_RESUMEN,
  memoryNeededMb,
} from '../../lambdas/core/config/contract.ts';
import { STAGES } from '../../lib/stages.ts';
import { startSecretsManagerStub } from '../../local/secrets-manager.ts';
import type { SecretsManagerStub } from '../../local/secrets-manager.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { existencias, toFilas, toRespuesta } from '../support/existencias.ts';
import { answering, startFaultyKlk } from '../support/faulty-klk.ts';
import type { FaultyKlk } from '../support/faulty-klk.ts';
import { invoke } from '../support/invoke-bundle.ts';
import type { Invocation } from '../support/invoke-bundle.ts';
import { synthesizeDesarrollo } from '../support/synthesized-lambdas.ts';
import type { SynthesizedStage } from '../support/synthesized-lambdas.ts';
import { worstAnswers } from '../support/worst-answers.ts';

const ALMACENES = readCatalogo()
  .filter(({ activa }) => activa)
  .flatMap(({ almacenes }) => almacenes.map(({ codigo }) => codigo));

/** The least that any stage gives its function. */
const MEMORY_MB = Math.min(...Object.values(STAGES).map(({ memoryMb }) => memoryMb));

let stage: SynthesizedStage;
let directory: string;
let database: TestDatabase;
let klk: FaultyKlk;
let secrets: SecretsManagerStub;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'inventario-klk-ca-'));
  stage = await synthesizeDesarrollo();
}, 120_000);

afterAll(async () => {
  await stage.remove();
  await rm(directory, { recursive: true });
});

beforeEach(async () => {
  database = await createTestDatabase();
  klk = await startFaultyKlk();
  for (const codigo of ALMACENES) klk.serve(codigo, toRespuesta(codigo, toFilas(existencias(codigo, 1))));
  const { host, port, database: dbname, user: username, password } = database.etl;
  secrets = await startSecretsManagerStub({
    klk: JSON.stringify({ baseUrl: klk.url.href }),
    base: JSON.stringify({ host, port, dbname, username, password }),
  });
});

afterEach(async () => {
  await secrets.close();
  await klk.close();
  await database.expectNoTrace();
  await database.drop();
});

async function run(): Promise<Invocation> {
  const archivo = join(directory, 'ca.pem');
  await writeFile(archivo, database.ca);
  return invoke(
    stage.inventario,
    {},
    {
      DB_SECRET_ARN: 'base',
      KLK_SECRET_ARN: 'klk',
      KLK_PUERTO: klk.url.port,
      KLK_REINTENTOS: '0',
      DB_CA_ARCHIVO: archivo,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    },
  );
}

/** The warehouses of the summary, which a run logs even when the database has no time for its records. */
function readResumen(log: string): unknown[] {
  const [line = ''] = log.split('\n').filter((candidate) => candidate.includes(`"${MENSAJE_RESUMEN}"`));
  return Resumen.parse(JSON.parse(line)).tiendas.flatMap(({ almacenes }) => almacenes);
}

const Resumen = z.object({
  tiendas: z.array(z.object({ almacenes: z.array(z.object({ codigo: z.string() })) })),
});

const readEjecuciones = (): Promise<Record<string, unknown>[]> =>
  database.query('SELECT FROM etl_ejecuciones WHERE fin IS NOT NULL');

const readEstados = (): Promise<Record<string, unknown>[]> =>
  database.query(
    `SELECT almacen_codigo AS almacen, m.estado, m.error_codigo AS error
       FROM etl_ejecucion_almacenes m JOIN etl_ejecuciones e ON e.id = m.ejecucion_id AND e.fin IS NOT NULL
      ORDER BY almacen_codigo`,
  );

it.each(worstAnswers(MAX_BYTES_POR_DEFECTO))(
  'Five answers of $what stay within the memory of the function, and the run ends with a summary of all and closes its record',
  async ({ body }) => {
    for (const codigo of ALMACENES) klk.fail(codigo, answering(Buffer.from(body(codigo))), 1);

    const { peakMb, log } = await run();

    expect(peakMb).toBeLessThan(MEMORY_MB);
    expect(readResumen(log)).toHaveLength(ALMACENES.length);
    expect(await readEjecuciones()).toHaveLength(1);
  },
  120_000,
);

it('The formula asks for no more than every stage has', () => {
  expect(memoryNeededMb(MAX_BYTES_POR_DEFECTO, CONCURRENCIA_POR_DEFECTO)).toBeLessThanOrEqual(MEMORY_MB);
});

it.each([
  ['of five million empty rows', `[${'{},'.repeat(4_999_999)}{}]`, 'KLK_DEMASIADO_GRANDE'],
  [
    'of as many empty rows as bytes are admitted',
    `[${'{},'.repeat(MAX_BYTES_POR_DEFECTO / 3 - 2)}{}]`,
    'KLK_DEMASIADO_GRANDE',
  ],
])(
  'An answer %s fails its warehouse alone',
  async (_what, rows, error) => {
    const [sick = '', ...healthy] = ALMACENES;
    klk.fail(sick, answering(Buffer.from(rows)), 1);

    const { peakMb } = await run();

    expect(peakMb).toBeLessThan(MEMORY_MB);
    expect(await readEstados()).toEqual(
      [
        { almacen: sick, estado: 'fallido', error },
        ...healthy.map((almacen) => ({ almacen, estado: 'cargado', error: null })),
      ].sort((a, b) => (a.almacen < b.almacen ? -1 : 1)),
    );
  },
  120_000,
);
