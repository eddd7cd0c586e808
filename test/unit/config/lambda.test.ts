import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { readLambdaConfig } from '../../../lambdas/inventario-klk/config.ts';
import { problemasOf } from './problemas.ts';

const ENV = {
  DB_SECRET_ARN: 'arn:base',
  KLK_SECRET_ARN: 'arn:klk',
  KLK_PUERTO: '7002',
  AWS_REGION: 'us-east-1',
};
const CA = fileURLToPath(new URL('./ca.pem', import.meta.url));

describe("the Lambda's configuration", () => {
  it('needs three variables, and has defaults for the rest', () => {
    expect(readLambdaConfig(ENV)).toMatchObject({
      dbSecretArn: 'arn:base',
      klkSecretArn: 'arn:klk',
      klkPuerto: 7002,
      marginMs: 10_000,
      tunables: {
        klk: {
          timeoutMs: 30_000,
          connectTimeoutMs: 3_000,
          retries: 3,
          concurrency: 3,
          maxBytes: 6_000_000,
          acceptBareList: false,
        },
        thresholds: { badRows: 0.01, lost: 0.3, gone: 0.3, unknown: 0.5, altered: 0.3 },
      },
    });
  });

  it('trusts the authorities of RDS in its own region', () => {
    const inVirginia = readLambdaConfig(ENV).databaseCa;
    const inSaoPaulo = readLambdaConfig({ ...ENV, AWS_REGION: 'sa-east-1' }).databaseCa;

    expect(inVirginia.match(/-----BEGIN CERTIFICATE-----/g)?.length).toBeGreaterThanOrEqual(3);
    expect(inSaoPaulo).toContain('-----BEGIN CERTIFICATE-----');
    expect(inSaoPaulo).not.toBe(inVirginia);
  });

  it('trusts those of a file instead, when one is given', () => {
    expect(readLambdaConfig({ ...ENV, DB_CA_ARCHIVO: CA }).databaseCa).toMatch(
      /^-----BEGIN CERTIFICATE-----/,
    );
  });

  it.each(['', '   '])('counts an empty variable as missing: %j', (empty) => {
    expect(readLambdaConfig({ ...ENV, DB_CA_ARCHIVO: empty, KLK_REINTENTOS: empty })).toEqual(
      readLambdaConfig(ENV),
    );
    expect(problemasOf(() => readLambdaConfig({ ...ENV, DB_SECRET_ARN: empty }))).toEqual([
      'DB_SECRET_ARN: falta',
    ]);
  });

  it('is refused with every problem at once', () => {
    const env = {
      KLK_PUERTO: 'siete',
      AWS_REGION: 'mars-north-1',
      KLK_TIMEOUT_MS: '30s',
      ETL_MARGEN_MS: '1',
    };

    expect(problemasOf(() => readLambdaConfig(env)).toSorted()).toEqual([
      'DB_CA_ARCHIVO: falta; no hay autoridades de RDS para mars-north-1',
      'DB_SECRET_ARN: falta',
      'ETL_MARGEN_MS: debe ser al menos 6000',
      'KLK_PUERTO: debe ser un puerto',
      'KLK_SECRET_ARN: falta',
      'KLK_TIMEOUT_MS: debe ser un número entero',
    ]);
    expect(problemasOf(() => readLambdaConfig({}))).toEqual([
      'DB_SECRET_ARN: falta',
      'KLK_SECRET_ARN: falta',
      'KLK_PUERTO: falta',
      'AWS_REGION: falta',
    ]);
  });

  it.each([
    ['/no/existe.pem', /^DB_CA_ARCHIVO: no se puede leer \/no\/existe\.pem \(.*ENOENT/],
    ['package.json', /^DB_CA_ARCHIVO: .* no contiene ningún certificado PEM$/],
  ])('is refused when the file of authorities holds none: %s', (archivo, problema) => {
    const env = { ...ENV, DB_CA_ARCHIVO: archivo, KLK_PUERTO: '0' };

    expect(problemasOf(() => readLambdaConfig(env))).toEqual([
      'KLK_PUERTO: debe ser un puerto',
      expect.stringMatching(problema),
    ]);
  });
});

describe('a limit', () => {
  it.each([
    ['KLK_TIMEOUT_MS', '100', '600000', '99', '600001'],
    ['KLK_TIMEOUT_CONEXION_MS', '100', '60000', '99', '60001'],
    ['KLK_REINTENTOS', '0', '10', undefined, '11'],
    ['KLK_CONCURRENCIA', '1', '20', '0', '21'],
    ['KLK_MAX_BYTES', '1000', '500000000', '999', '500000001'],
    ['ETL_SENTENCIA_MS', '100', '300000', '99', '300001'],
    ['ETL_MARGEN_MS', '6000', '120000', '5999', '120001'],
    ['ETL_UMBRAL_FILAS_MALAS_PCT', '0', '100', undefined, '100.1'],
    ['ETL_UMBRAL_CEROS_PCT', '0', '100', undefined, '101'],
    ['ETL_UMBRAL_ENCOGIDO_PCT', '0.5', '99.999', undefined, '999'],
  ])('has bounds: %s is from %s to %s', (name, least, most, below, above) => {
    const problemasWith = (value: string | undefined): readonly string[] =>
      problemasOf(() => readLambdaConfig({ ...ENV, [name]: value }));

    expect([problemasWith(least), problemasWith(most)]).toEqual([[], []]);
    expect(problemasWith(above)).toEqual([expect.stringMatching(`^${name}: debe ser como mucho `)]);
    if (below !== undefined) {
      expect(problemasWith(below)).toEqual([expect.stringMatching(`^${name}: debe ser al menos `)]);
    }
  });

  it.each(['-1', '1.5', '1e3', '0x10', '1000000000000', 'tres', '3s', 'Infinity', '٣'])(
    'is refused unless it is a whole number in digits: %j',
    (value) => {
      expect(problemasOf(() => readLambdaConfig({ ...ENV, KLK_REINTENTOS: value }))).toEqual([
        'KLK_REINTENTOS: debe ser un número entero',
      ]);
    },
  );

  it.each([
    ['1.5', 0.015],
    ['100', 1],
    ['0', 0],
  ])('of %s %% is read as a share of 1', (value, expected) => {
    const { tunables } = readLambdaConfig({ ...ENV, ETL_UMBRAL_FILAS_MALAS_PCT: value });

    expect(tunables.thresholds.badRows).toBe(expected);
  });

  it.each([
    ['si', true],
    ['no', false],
  ])('is si or no for KLK_ACEPTAR_SIN_META: %s', (value, expected) => {
    const { tunables } = readLambdaConfig({ ...ENV, KLK_ACEPTAR_SIN_META: value });

    expect(tunables.klk.acceptBareList).toBe(expected);
    for (const other of ['sí', 'SI', 'true', '1']) {
      expect(problemasOf(() => readLambdaConfig({ ...ENV, KLK_ACEPTAR_SIN_META: other }))).toEqual([
        'KLK_ACEPTAR_SIN_META: debe ser si o no',
      ]);
    }
  });
});
