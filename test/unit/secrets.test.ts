import { afterAll, describe, expect, it } from '@jest/globals';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import { fetchSecret } from '../../lambdas/core/config/secrets.ts';
import { KlkSettingsSchema } from '../../lambdas/core/klk/settings.ts';
import { DatabaseSecretSchema } from '../../lambdas/core/postgres/settings.ts';
import { sendSecretAnswer, startSecretsManagerStub } from '../../local/secrets-manager.ts';
import type { SecretAnswer } from '../../local/secrets-manager.ts';

const ARN = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:prueba-AbCdEf';
const DATABASE = { host: 'base', port: '5432', dbname: 'inventario', username: 'etl', password: 's3creto' };

const stub = await startSecretsManagerStub();
Object.assign(process.env, {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'prueba',
  AWS_SECRET_ACCESS_KEY: 'prueba',
  AWS_ENDPOINT_URL_SECRETS_MANAGER: stub.endpoint,
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

  it('is read again every time, because it may have been rotated', async () => {
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
  ])('is refused by its form without printing its value: %s', async (value, mensaje) => {
    const error: unknown = await fetchDatabase(value).catch((reason: unknown) => reason);

    expect(error).toMatchObject({
      codigo: 'SECRETO_INVALIDO',
      message: expect.stringContaining(mensaje),
      cause: undefined,
    });
    expect(String(error)).not.toContain('s3creto');
  });

  it('of KLK may have no password in the address and no unknown keys', async () => {
    stub.setSecret(ARN, JSON.stringify({ baseUrl: 'http://etl:s3creto@klk', header: {} }));

    await expect(fetchSecret('KLK_SECRET_ARN', ARN, KlkSettingsSchema, signal)).rejects.toThrow(
      'El secreto de KLK_SECRET_ARN no tiene la forma esperada: baseUrl: no puede llevar usuario ni contraseña; use headers; Llave desconocida: "header"',
    );
  });

  it('that does not exist is reported by the name of its variable', async () => {
    await expect(
      fetchSecret('DB_SECRET_ARN', `${ARN}-otro`, DatabaseSecretSchema, signal),
    ).rejects.toMatchObject({
      codigo: 'SECRETO_INACCESIBLE',
      message: expect.stringMatching(
        /^No se pudo leer el secreto de DB_SECRET_ARN \(ResourceNotFoundException: /,
      ),
    });
  });

  it('is not requested when the time of the run is up', async () => {
    const before = stub.calls.length;

    await expect(
      fetchSecret('DB_SECRET_ARN', ARN, DatabaseSecretSchema, deadlineIn(-7_000).signal),
    ).rejects.toMatchObject({ codigo: 'SIN_TIEMPO' });
    expect(stub.calls).toHaveLength(before);
  });
});

describe('a Secrets Manager in trouble', () => {
  const failing =
    (status: number, type: string): SecretAnswer =>
    (response) => {
      sendSecretAnswer(response, status, { __type: type, message: 'no' });
    };

  /** Fetches the secret, which is answered so. Returns it or the error, and how often it was asked for. */
  async function fetchAnswered(...answers: SecretAnswer[]): Promise<{ secret: unknown; requests: number }> {
    stub.calls.splice(0);
    stub.setSecret(ARN, ...answers);
    const fetching = fetchSecret('DB_SECRET_ARN', ARN, DatabaseSecretSchema, signal);
    return { secret: await fetching.catch((error: unknown) => error), requests: stub.calls.length };
  }
  const GOOD = JSON.stringify(DATABASE);

  it.each([
    ['throttles', failing(400, 'ThrottlingException')],
    ['fails', failing(500, 'InternalServiceError')],
    ['does not answer for three seconds', (): void => undefined],
  ])('is asked again when it %s', async (_what, answer) => {
    const { secret, requests } = await fetchAnswered(answer, GOOD);

    expect(secret).toMatchObject({ password: 's3creto' });
    expect(requests).toBe(2);
  });

  it.each([
    ['four times when it fails', failing(500, 'InternalServiceError'), 4],
    ['once when it denies', failing(400, 'AccessDeniedException'), 1],
  ])('is asked %s', async (_what, answer, expected) => {
    const { secret, requests } = await fetchAnswered(answer);

    expect(secret).toMatchObject({ codigo: 'SECRETO_INACCESIBLE' });
    if (expected === 1) expect(String(secret)).toContain('AccessDeniedException');
    expect(requests).toBe(expected);
  });
});
