import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { readEtlConfig } from '../../../bin/config.ts';
import type { DatabaseSettings } from '../../../lambdas/core/postgres/settings.ts';
import { problemasOf } from './problemas.ts';

const CA = fileURLToPath(new URL('./ca.pem', import.meta.url));
const KLK = { KLK_URL: 'http://192.0.2.7:7002' };
const ENV = {
  ...KLK,
  POSTGRES_HOST: 'localhost',
  POSTGRES_PORT: '5432',
  POSTGRES_DB: 'inventario',
  POSTGRES_USER: 'etl',
  POSTGRES_PASSWORD: 's3creto',
};

const databaseOf = (cambios: Record<string, string>): Promise<DatabaseSettings> =>
  readEtlConfig(false, { ...ENV, ...cambios }).readDatabaseSettings();

describe('the configuration of etl', () => {
  it('reads the variables of the manual of the predecessor', async () => {
    const config = readEtlConfig(false, { ...ENV, DB_MODE: 'postgresql' });

    expect(config.klk).toEqual({ baseUrl: new URL('http://192.0.2.7:7002'), headers: {} });
    expect(config).toMatchObject({ limitMs: 600_000, tiendasArchivo: undefined });
    expect(await config.readDatabaseSettings()).toEqual({
      host: 'localhost',
      port: 5432,
      database: 'inventario',
      user: 'etl',
      password: 's3creto',
      tls: false,
    });
  });

  it('reads no variable of PostgreSQL for a dry run', async () => {
    const config = readEtlConfig(true, {
      ...KLK,
      POSTGRES_PORT: 'x',
      POSTGRES_SSL: 'x',
      DB_CA_ARCHIVO: '/no',
    });

    await expect(config.readDatabaseSettings()).rejects.toThrow('dry run');
  });

  it('is refused with every problem of KLK and PostgreSQL at once', () => {
    const env = {
      KLK_URL: 'klk:7002',
      KLK_HEADERS: '[]',
      KLK_TIMEOUT_MS: '0',
      ETL_LIMITE_MS: 'x',
      POSTGRES_HOST: 'base.example',
      POSTGRES_PORT: '65536',
      POSTGRES_PASSWORD: ' ',
    };

    expect(problemasOf(() => readEtlConfig(false, env)).map((problema) => problema.split(':')[0])).toEqual([
      'KLK_TIMEOUT_MS',
      'KLK_URL',
      'KLK_HEADERS',
      'ETL_LIMITE_MS',
      'POSTGRES_PORT',
      'POSTGRES_DB',
      'POSTGRES_USER',
      'POSTGRES_PASSWORD',
      'DB_CA_ARCHIVO',
    ]);
    expect(problemasOf(() => readEtlConfig(false, {}))).toEqual(
      ['KLK_URL', ...Object.keys(ENV).filter((name) => name.startsWith('POSTGRES'))].map(
        (name) => `${name}: falta`,
      ),
    );
  });
});

describe('KLK_URL', () => {
  it.each(['https://klk.example', 'http://127.0.0.1:7002/api/', 'http://[::1]:7002'])(
    'is valid: %s',
    (url) => {
      expect(readEtlConfig(true, { KLK_URL: url }).klk.baseUrl.href).toBe(new URL(url).href);
    },
  );

  it.each([
    ['klk', 'debe ser una URL http:// o https://'],
    ['192.0.2.7:7002', 'debe ser una URL http:// o https://'],
    ['ftp://klk', 'debe ser una URL http:// o https://'],
    ['http://', 'debe ser una URL http:// o https://'],
    ['http://etl:s3creto@klk', 'no puede llevar usuario ni contraseña; use headers'],
    ['http://klk/?clave=s3creto', 'no puede llevar ? ni #'],
    ['http://klk/#s3creto', 'no puede llevar ? ni #'],
  ])('is refused without printing its value: %s', (url, problema) => {
    expect(problemasOf(() => readEtlConfig(true, { KLK_URL: url }))).toEqual([`KLK_URL: ${problema}`]);
  });
});

describe('KLK_HEADERS', () => {
  const withHeaders = (headers: string): (() => unknown) => {
    return () => readEtlConfig(true, { ...KLK, KLK_HEADERS: headers }).klk.headers;
  };

  it('is read as JSON', () => {
    expect(withHeaders('{"Authorization": "Bearer s3creto", "x-vacia": ""}')()).toEqual({
      Authorization: 'Bearer s3creto',
      'x-vacia': '',
    });
  });

  it.each([
    ['s3creto', 'KLK_HEADERS: no es JSON'],
    ['{"x-clave": "s3creto"', 'KLK_HEADERS: no es JSON'],
    ['["s3creto"]', 'KLK_HEADERS: Entrada inválida: se esperaba registro, recibido arreglo'],
    ['{"x-clave": 5}', 'KLK_HEADERS.x-clave: Entrada inválida: se esperaba texto, recibido número'],
    [
      '{"x-clave": "s3creto\\r\\nx: y"}',
      'KLK_HEADERS.x-clave: tiene caracteres que una cabecera HTTP no admite',
    ],
    ['{"x-clave": "señal s3creto"}', 'KLK_HEADERS.x-clave: tiene caracteres que una cabecera HTTP no admite'],
    ['{"Bearer s3creto": "x"}', 'KLK_HEADERS: hay un nombre que HTTP no admite'],
    ['{"": "x"}', 'KLK_HEADERS: hay un nombre que HTTP no admite'],
    ['{"Content-Length": "5"}', 'KLK_HEADERS: hay una cabecera que pone el propio cliente'],
    ['{"ACCEPT": "*/*"}', 'KLK_HEADERS: hay una cabecera que pone el propio cliente'],
  ])('is refused without printing its value: %s', (headers, problema) => {
    expect(problemasOf(withHeaders(headers))).toEqual([problema]);
  });
});

describe('POSTGRES_SSL', () => {
  it.each(['localhost', '127.0.0.1', '127.0.0.53', '::1'])(
    'is no by default on loopback: %s',
    async (host) => {
      expect((await databaseOf({ POSTGRES_HOST: host })).tls).toBe(false);
    },
  );

  it.each(['127.example', '127.0.0.1.example', 'localhost.example', '192.0.2.1'])(
    'is verificar by default elsewhere: %s',
    async (host) => {
      const { tls } = await databaseOf({ POSTGRES_HOST: host, DB_CA_ARCHIVO: CA });

      expect(tls).toEqual({ ca: expect.stringContaining('BEGIN CERTIFICATE') });
    },
  );

  it('may be set to either value for any host', async () => {
    const { tls: off } = await databaseOf({ POSTGRES_HOST: 'base.example', POSTGRES_SSL: 'no' });
    const { tls: on } = await databaseOf({ POSTGRES_SSL: 'verificar', DB_CA_ARCHIVO: CA });

    expect(off).toBe(false);
    expect(on).toEqual({ ca: expect.stringContaining('BEGIN CERTIFICATE') });
  });

  it.each(['si', 'require', 'prefer', 'NO', 'false'])('is refused when it is %s', (ssl) => {
    expect(problemasOf(() => readEtlConfig(false, { ...ENV, POSTGRES_SSL: ssl }))).toEqual([
      'POSTGRES_SSL: debe ser no o verificar',
    ]);
  });

  it('trusts the authorities of RDS in the region of the host name', async () => {
    const region = async (name: string): Promise<unknown> =>
      (await databaseOf({ POSTGRES_HOST: `base.abc123.${name}.rds.amazonaws.com` })).tls;

    expect(await region('us-east-1')).toEqual({ ca: expect.stringContaining('BEGIN CERTIFICATE') });
    expect(await region('us-east-1')).not.toEqual(await region('sa-east-1'));
  });

  it.each([
    ['base.example', 'DB_CA_ARCHIVO: falta; no hay autoridades de RDS para un servidor que no es de RDS'],
    ['b.c.mars-1.rds.amazonaws.com', 'DB_CA_ARCHIVO: falta; no hay autoridades de RDS para mars-1'],
    [
      'b.us-east-1.rds.amazonaws.com.example',
      'DB_CA_ARCHIVO: falta; no hay autoridades de RDS para un servidor que no es de RDS',
    ],
  ])('needs a file of authorities for the host %s', (host, problema) => {
    expect(problemasOf(() => readEtlConfig(false, { ...ENV, POSTGRES_HOST: host }))).toEqual([problema]);
  });
});
