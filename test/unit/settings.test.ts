import { describe, expect, it } from '@jest/globals';
import { describeIssues, EN_ESPANOL } from '../../lambdas/core/errors/invalid.ts';
import { portOf } from '../../lambdas/core/klk/settings.ts';
import { DatabaseSecretSchema, toDatabaseSettings } from '../../lambdas/core/postgres/settings.ts';

const SECRET = {
  host: 'base.example',
  port: 5432,
  dbname: 'inventario',
  username: 'etl',
  password: 's3creto',
};

const problemasOf = (secret: unknown): string[] => {
  const { error } = DatabaseSecretSchema.safeParse(secret, EN_ESPANOL);
  return error === undefined ? [] : describeIssues(error);
};

describe("the database's secret", () => {
  it('is read as connection settings that verify TLS', () => {
    expect(toDatabaseSettings(DatabaseSecretSchema.parse(SECRET), 'PEM')).toEqual({
      host: 'base.example',
      port: 5432,
      database: 'inventario',
      user: 'etl',
      password: 's3creto',
      tls: { ca: 'PEM' },
    });
  });

  it('may have its port as text, and keys that RDS adds to it', () => {
    const secret = { ...SECRET, port: '5432', engine: 'postgres', dbInstanceIdentifier: 'base' };

    expect(DatabaseSecretSchema.parse(secret)).toEqual(SECRET);
  });

  it.each(['abc', '', '0', '65536', '5432 ', '-1', '1e3', 0, 65_536, 1.5, null, true, undefined])(
    'is refused when its port is %j',
    (port) => {
      expect(problemasOf({ ...SECRET, port })).toEqual(['port: debe ser un puerto']);
    },
  );

  it('is refused with every problem at once, and no value', () => {
    expect(problemasOf({ ...SECRET, host: '', password: 53333 })).toEqual([
      'host: está vacío',
      'password: Entrada inválida: se esperaba texto, recibido número',
    ]);
    expect(problemasOf({}).map((problema) => problema.split(':')[0])).toEqual(Object.keys(SECRET));
  });
});

describe('the port of an address', () => {
  it.each([
    ['http://klk:7002/api', 7002],
    ['http://klk', 80],
    ['http://klk:80', 80],
    ['https://klk', 443],
    ['https://klk:443/', 443],
    ['http://[::1]:8080', 8080],
  ])('is the one given, or the default of the protocol: %s', (url, expected) => {
    expect(portOf(new URL(url))).toBe(expected);
  });
});
