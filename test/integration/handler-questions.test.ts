import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readCatalogo } from '../../lambdas/inventario-klk/catalogo.ts';
import { handler } from '../../lambdas/inventario-klk/handler.ts';
import { startKlkSimulator } from '../../local/klk-simulator/server.ts';
import type { KlkSimulator } from '../../local/klk-simulator/server.ts';
import { startSecretsManagerStub } from '../../local/secrets-manager.ts';
import type { SecretsManagerStub } from '../../local/secrets-manager.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { readAllVersions } from '../support/inventory-state.ts';

const ask = (event: unknown): ReturnType<typeof handler> =>
  handler(event, { awsRequestId: 'prueba', getRemainingTimeInMillis: () => 30_000 });

describe('a question to the Lambda', () => {
  let database: TestDatabase;
  let klk: KlkSimulator;
  let secrets: SecretsManagerStub;
  let dir: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    klk = await startKlkSimulator({ tiendas: readCatalogo() });
    const { host, port, database: dbname, user: username, password } = database.etl;
    secrets = await startSecretsManagerStub({
      base: JSON.stringify({ host, port, dbname, username, password }),
      klk: JSON.stringify({ baseUrl: klk.baseUrl }),
    });
    dir = await mkdtemp(join(tmpdir(), 'preguntas-'));
    const ca = join(dir, 'ca.pem');
    await writeFile(ca, database.ca);
    Object.assign(process.env, {
      DB_SECRET_ARN: 'base',
      KLK_SECRET_ARN: 'klk',
      KLK_PUERTO: String(klk.puerto),
      DB_CA_ARCHIVO: ca,
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
      AWS_ACCESS_KEY_ID: 'prueba',
      AWS_SECRET_ACCESS_KEY: 'prueba',
    });
  });
  afterAll(async () => {
    await secrets.close();
    await klk.close();
    await database.drop();
    await rm(dir, { recursive: true });
  });

  it('about the diagnosis is answered with every step, and loads nothing', async () => {
    const before = await readAllVersions(database);
    const answer: unknown = JSON.parse(JSON.stringify(await ask({ accion: 'diagnostico' })));
    expect(answer).toMatchObject({
      bien: true,
      pasos: expect.arrayContaining([expect.objectContaining({ paso: 'bd-tls', estado: 'ok' })]),
    });
    expect(await readAllVersions(database)).toEqual(before);
    expect(klk.requests.map(({ metodo }) => metodo)).toEqual(['GET']);
  });

  it('about the state is answered with every active store', async () => {
    const answer: unknown = JSON.parse(JSON.stringify(await ask({ accion: 'estado' })));
    expect(answer).toMatchObject({
      ultimaEjecucion: null,
      almacenes: readCatalogo()
        .filter(({ activa }) => activa)
        .map(({ id }) => ({ tienda: id, atrasado: true })),
    });
  });

  it('about a secret that is not there is answered: a diagnosis never throws', async () => {
    process.env['DB_SECRET_ARN'] = 'ninguno';
    const answer = await ask({ accion: 'diagnostico' });
    process.env['DB_SECRET_ARN'] = 'base';
    expect(answer).toMatchObject({
      bien: false,
      pasos: expect.arrayContaining([
        expect.objectContaining({
          paso: 'configuracion',
          estado: 'falla',
          detalle: expect.stringContaining('SECRETO_INACCESIBLE'),
        }),
        expect.objectContaining({ paso: 'klk-pisoventa', estado: 'ok' }),
        expect.objectContaining({ paso: 'bd-tcp', estado: 'omitido' }),
      ]),
    });
  });

  it.each([
    [{ accion: 'diagnóstico' }, 'accion: debe ser diagnostico o estado'],
    [{ accion: 'estado', dryRun: true }, 'dryRun'],
    [{ accion: null }, 'accion: debe ser diagnostico o estado'],
  ])('that is not exactly one is refused: %j', async (event, problema) => {
    await expect(ask(event)).rejects.toMatchObject({
      name: 'SolicitudInvalida',
      message: expect.stringContaining(problema),
    });
  });
});
