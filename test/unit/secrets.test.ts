import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import { fetchSecret } from '../../lambdas/core/config/secrets.ts';
import { KlkSettingsSchema } from '../../lambdas/core/klk/settings.ts';
import { DatabaseSecretSchema } from '../../lambdas/core/postgres/settings.ts';
import { startSecretsManagerStub } from '../../local/secrets-manager.ts';
import type { SecretsManagerStub } from '../../local/secrets-manager.ts';

const ARN = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:prueba-AbCdEf';
const DATABASE = { host: 'base', port: '5432', dbname: 'inventario', username: 'etl', password: 's3creto' };

let stub: SecretsManagerStub;

beforeAll(async () => {
  stub = await startSecretsManagerStub({});
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'prueba',
    AWS_SECRET_ACCESS_KEY: 'prueba',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: stub.endpoint,
  });
});

afterAll(() => stub.close());

const signal = new AbortController().signal;

const fetchDatabase = (value: string): Promise<unknown> => {
  stub.setSecret(ARN, value);
  return fetchSecret('DB_SECRET_ARN', ARN, DatabaseSecretSchema, signal);
};

describe('a secret', () => {
  it('is read through the SDK and parsed by its schema', async () => {
    expect(await fetchDatabase(JSON.stringify(DATABASE))).toEqual({ ...DATABASE, port: 5432 });
  });

  it('is read anew every time, because it may have been rotated', async () => {
    await fetchDatabase(JSON.stringify(DATABASE));
    const before = stub.calls.length;

    expect(await fetchDatabase(JSON.stringify({ ...DATABASE, password: 'otra' }))).toMatchObject({
      password: 'otra',
    });
    expect(stub.calls.slice(before)).toEqual([ARN]);
  });

  it.each([
    ['s3creto', 'El secreto de DB_SECRET_ARN no es JSON'],
    ['{"password": "s3creto"', 'El secreto de DB_SECRET_ARN no es JSON'],
    ['', 'El secreto de DB_SECRET_ARN no es JSON'],
    ['"s3creto"', 'no tiene la forma esperada: Entrada inválida: se esperaba objeto, recibido texto'],
    ['null', 'no tiene la forma esperada: '],
    ['["s3creto"]', 'no tiene la forma esperada: '],
    [
      JSON.stringify({ ...DATABASE, port: 's3creto', host: 5 }),
      'no tiene la forma esperada: host: Entrada inválida: se esperaba texto, recibido número; port: debe ser un puerto',
    ],
    [JSON.stringify({ s3creto: 's3creto' }), 'no tiene la forma esperada: '],
  ])('is refused by its form, its value never told: %s', async (value, mensaje) => {
    const error: unknown = await fetchDatabase(value).catch((reason: unknown) => reason);

    expect(error).toMatchObject({
      codigo: 'SECRETO_INVALIDO',
      message: expect.stringContaining(mensaje),
      cause: undefined,
    });
    expect(String(error)).not.toContain('s3creto');
  });

  it('of KLK may not carry a password in the address, nor keys that nobody knows', async () => {
    stub.setSecret(ARN, JSON.stringify({ baseUrl: 'http://etl:s3creto@klk', header: {} }));

    await expect(fetchSecret('KLK_SECRET_ARN', ARN, KlkSettingsSchema, signal)).rejects.toThrow(
      'El secreto de KLK_SECRET_ARN no tiene la forma esperada: baseUrl: no puede llevar usuario ni contraseña; use headers; Llave desconocida: "header"',
    );
  });

  it('that does not exist is named by its variable', async () => {
    await expect(
      fetchSecret('DB_SECRET_ARN', `${ARN}-otro`, DatabaseSecretSchema, signal),
    ).rejects.toMatchObject({
      codigo: 'SECRETO_INACCESIBLE',
      message: expect.stringMatching(
        /^No se pudo leer el secreto de DB_SECRET_ARN \(ResourceNotFoundException: /,
      ),
    });
  });

  it('is not asked for once the time of the run is up', async () => {
    const before = stub.calls.length;

    await expect(
      fetchSecret('DB_SECRET_ARN', ARN, DatabaseSecretSchema, deadlineIn(-7_000).signal),
    ).rejects.toMatchObject({ codigo: 'SIN_TIEMPO' });
    expect(stub.calls).toHaveLength(before);
  });
});

describe('a Secrets Manager in trouble', () => {
  /** Serves the secret after the first `failures` requests were dealt with by `fail`. */
  async function withTrouble(
    failures: number,
    fail: (respond: (status: number, body: string) => void) => void,
  ): Promise<{ secret: unknown; requests: number }> {
    let requests = 0;
    const server = createServer((_request, response) => {
      requests += 1;
      const respond = (status: number, body: string): void => {
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(body);
      };
      if (requests <= failures) fail(respond);
      else respond(200, JSON.stringify({ SecretString: JSON.stringify(DATABASE) }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address: AddressInfo | string | null = server.address();
    if (address === null || typeof address === 'string') throw new Error('no TCP port');
    process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] = `http://127.0.0.1:${address.port}`;
    try {
      return {
        secret: await fetchSecret('DB_SECRET_ARN', ARN, DatabaseSecretSchema, signal).catch(
          (error: unknown) => error,
        ),
        requests,
      };
    } finally {
      process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] = stub.endpoint;
      server.closeAllConnections();
      server.close();
    }
  }

  it('is asked again when it throttles or fails', async () => {
    const throttled = await withTrouble(1, (respond) => {
      respond(400, '{"__type":"ThrottlingException","message":"Rate exceeded"}');
    });
    const failed = await withTrouble(1, (respond) => {
      respond(500, '{"__type":"InternalServiceError"}');
    });

    for (const { secret, requests } of [throttled, failed]) {
      expect(secret).toMatchObject({ password: 's3creto' });
      expect(requests).toBe(2);
    }
  });

  it('is given up after four attempts', async () => {
    const { secret, requests } = await withTrouble(9, (respond) => {
      respond(500, '{"__type":"InternalServiceError"}');
    });

    expect(secret).toMatchObject({ codigo: 'SECRETO_INACCESIBLE' });
    expect(requests).toBe(4);
  });

  it('is asked once when it denies', async () => {
    const { secret, requests } = await withTrouble(9, (respond) => {
      respond(400, '{"__type":"AccessDeniedException","message":"no"}');
    });

    expect(secret).toMatchObject({
      codigo: 'SECRETO_INACCESIBLE',
      message: expect.stringContaining('AccessDeniedException'),
    });
    expect(requests).toBe(1);
  });

  it('is asked again after three seconds without an answer', async () => {
    const start = performance.now();
    const { secret, requests } = await withTrouble(1, () => undefined);

    expect(secret).toMatchObject({ password: 's3creto' });
    expect(requests).toBe(2);
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});
