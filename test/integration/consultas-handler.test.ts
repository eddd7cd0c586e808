import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { handler } from '../../lambdas/consultas/handler.ts';
import { startSecretsManagerStub } from '../../local/secrets-manager.ts';
import { ACCESS, COMPRADOR, useConsultas, whileNobodyWrites } from '../support/consultas.ts';
import { captureOutput, toLogLines } from '../support/output.ts';

const SECRET = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:prueba/consultas-AbCdEf';

// The handler keeps its connection; the tests of the world, declared after this, allow none.
let endSessions = (): Promise<unknown> => Promise.resolve();
afterEach(() => endSessions());
const { database, reader } = await useConsultas();
endSessions = () =>
  database.query(
    `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND usename = $1`,
    [reader.user],
  );
const secrets = await startSecretsManagerStub();
const folder = await mkdtemp(join(tmpdir(), 'inventario-klk-consultas-'));
afterAll(() => Promise.all([secrets.close(), rm(folder, { recursive: true })]));

beforeAll(async () => {
  const { host, port, database: dbname, user: username, password } = reader;
  secrets.setSecret(SECRET, JSON.stringify({ host, port, dbname, username, password }));
  await writeFile(join(folder, 'autoridad.pem'), database.ca);
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    AWS_ACCESS_KEY_ID: 'prueba',
    AWS_SECRET_ACCESS_KEY: randomBytes(16).toString('hex'),
    DB_CA_ARCHIVO: join(folder, 'autoridad.pem'),
    CONSULTAS_DB_SECRET_ARN: SECRET,
    CONSULTAS_AUDIENCE: ACCESS.audience,
  });
  await database.query(
    `INSERT INTO ubicaciones (id, nombre) SELECT 'tienda_' || lpad(n::text, 2, '0'), 'TIENDA ' || n FROM generate_series(1, 40) AS n`,
  );
});

/** An event of API Gateway (HTTP API, payload 2.0), whose claims are texts. */
const eventOf = (path: string, headers: Readonly<Record<string, string>> = {}, query = ''): unknown => ({
  version: '2.0',
  rawPath: path,
  rawQueryString: query,
  headers: { authorization: 'Bearer CANARIO-DEL-TOKEN', ...headers },
  requestContext: {
    requestId: 'pedido-1',
    http: { method: 'GET', path },
    authorizer: {
      jwt: { claims: { ...COMPRADOR, exp: String(COMPRADOR['exp']), 'cognito:groups': '[compradores]' } },
    },
  },
});

describe('The Lambda of the queries', () => {
  it('It answers a problem while it is not configured, and works once it is', async () => {
    const { outcome, output } = await captureOutput(() => handler(eventOf('/sesion')));
    expect(outcome).toMatchObject({ status: 'fulfilled', value: { statusCode: 500 } });
    expect(output).toContain('CONSULTAS_ISSUER');

    process.env['CONSULTAS_ISSUER'] = ACCESS.issuer;
    expect(await handler(eventOf('/sesion'))).toMatchObject({ statusCode: 200, isBase64Encoded: false });
  });

  it('It keeps its connection from one request to the next, over TLS, and reads its secret once', async () => {
    const pids = async (): Promise<unknown> => {
      await handler(eventOf('/tiendas', {}, 'formato=csv'));
      return database.query(
        `SELECT pid, ssl FROM pg_stat_activity JOIN pg_stat_ssl USING (pid) WHERE usename = $1 AND application_name = 'consultas'`,
        [reader.user],
      );
    };
    const first = await pids();
    expect(first).toEqual([{ pid: expect.any(Number), ssl: true }]);
    expect(await pids()).toEqual(first);
    expect(secrets.calls).toHaveLength(1);
  });

  it('It compresses long answers for a client that accepts gzip', async () => {
    const plain = await handler(eventOf('/sesion'));
    const { headers, body, isBase64Encoded } = await handler(
      eventOf('/sesion', { 'accept-encoding': 'br, gzip' }),
    );

    expect(headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Authorization, Accept-Encoding' });
    expect(isBase64Encoded).toBe(true);
    expect(gunzipSync(Buffer.from(body, 'base64')).toString()).toBe(plain.body);
    expect(await handler(eventOf('/openapi.json', { 'accept-encoding': 'gzip' }))).toMatchObject({
      headers: { 'content-encoding': 'gzip', vary: 'Accept-Encoding' },
    });
    expect(await handler(eventOf('/sesion', { 'accept-encoding': 'gzip;q=0, *;q=0' }))).toMatchObject({
      isBase64Encoded: false,
    });
  });

  it('It ignores malformed headers', async () => {
    const headers = { 'if-none-match': '€\u0000', 'x-€': '€', 'content-length': 'mucho', '': '' };
    expect(await handler(eventOf('/sesion', headers))).toMatchObject({ statusCode: 200 });
  });

  it('It answers 304, the description without a token, and a problem without claims', async () => {
    const unchanged = await whileNobodyWrites(async () => {
      const { headers } = await handler(eventOf('/sesion'));
      const again = await handler(eventOf('/sesion', { 'if-none-match': headers['etag'] ?? '' }));
      return again.statusCode === 304 ? again : undefined;
    });
    expect(unchanged.body).toBe('');
    const bare = {
      rawPath: '/openapi.json',
      requestContext: { requestId: 'pedido-2', http: { method: 'GET' } },
    };
    expect(await handler(bare)).toMatchObject({ statusCode: 200 });
    expect(await handler({ ...bare, rawPath: '/sesion' })).toMatchObject({ statusCode: 401 });
  });

  it.each([undefined, null, {}, { rawPath: '/sesion' }, 'texto'])(
    'It answers a problem to what is no request: %j',
    async (event) => {
      const { outcome } = await captureOutput(() => handler(event));
      expect(outcome).toMatchObject({
        status: 'fulfilled',
        value: { statusCode: 500, headers: { 'content-type': 'application/problem+json' } },
      });
    },
  );

  it('It reads ? and # in a path that API Gateway has decoded as parts of the path', async () => {
    for (const path of ['/sesion?formato=csv', '/sesion#', '/sesión', '/ses%69on%']) {
      expect(await handler(eventOf(path))).toMatchObject({ statusCode: 404 });
    }
  });

  it('An article is found by its code, whatever characters API Gateway has decoded in it', async () => {
    const codigos = ['12/3', 'A%41', '50%', 'A?B', 'A#B', 'A\\B', 'AÑO 1', 'X'.repeat(200)];
    await database.query(
      'INSERT INTO productos (id, codigo, nombre) SELECT c, c, c FROM unnest($1::text[]) AS c',
      [codigos],
    );
    for (const codigo of codigos) {
      const { statusCode, body } = await handler(eventOf(`/articulos/${codigo}`));
      expect([statusCode, JSON.parse(body)]).toMatchObject([200, { articulo: { codigo } }]);
    }
  });

  it('It logs one line a request, which never holds the token', async () => {
    const { output } = await captureOutput(() => handler(eventOf('/tiendas', {}, 'tienda=tienda_01')));
    const lines = toLogLines(output);

    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: 'INFO',
      message: 'Consulta',
      service: 'consultas',
      ruta: '/tiendas',
      estado: 200,
    });
    expect(output).not.toContain('CANARIO');
    expect(output).not.toContain('tienda_01');
  });
});
