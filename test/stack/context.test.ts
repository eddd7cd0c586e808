import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { CONTEXT_KEYS } from '../../lib/context-keys.ts';
import { ContextError, parseContext } from '../../lib/context.ts';
import { CONSULTAS, OIDC, PRODUCCION } from './stage-contexts.ts';

/** The message of a refusal, by line. */
function refusal(context: Readonly<Record<string, unknown>>): string[] {
  try {
    parseContext(context);
  } catch (error) {
    if (error instanceof ContextError) return error.message.split('\n').slice(1);
    throw error;
  }
  return [];
}

describe('the context of a deployment', () => {
  it.each([{}, { ambiente: 'pruebas' }, { ambiente: '' }])(
    'is refused with the names of both stages when it names none: %j',
    (context) => {
      const [line, ...others] = refusal(context);
      expect(line).toMatch(/^- ambiente: debe ser desarrollo o produccion /);
      expect(others).toEqual([]);
    },
  );

  it('is accepted with the sample values of docs/despliegue.md', () => {
    expect(refusal(PRODUCCION)).toEqual([]);
    const guide = readFileSync('docs/despliegue.md', 'utf8');
    for (const [key, value] of Object.entries(PRODUCCION)) expect(guide).toContain(`-c ${key}=${value}`);
  });

  it('is refused with every missing key of production, and where to find each value', () => {
    const required = Object.keys(PRODUCCION).filter((key) => key !== 'ambiente');
    const lines = refusal({ ambiente: 'produccion' });
    expect(lines.map((line) => line.split(':')[0])).toEqual(required.map((key) => `- ${key}`));
    for (const line of lines) expect(line).toMatch(/^- \w+: falta \(.{10,}\)$/);
  });

  it('counts an empty value as missing, because an unset variable of a workflow is empty', () => {
    expect(refusal({ ...PRODUCCION, vpcId: '' })[0]).toMatch(/^- vpcId: falta /);
    expect(refusal({ ...PRODUCCION, kmsKeyArn: '' })).toEqual([]);
  });

  it.each([
    ['vpcId', 'vpc-XYZ'],
    ['azs', 'us-east-1a'],
    ['azs', 'sa-east-1a,sa-east-1b'],
    ['subnetIds', 'subnet-1,subnet-2'],
    ['subnetIds', 'subnet-0123456789abcdef0,subnet-0123456789abcdef0'],
    ['dbSecurityGroupId', 'default'],
    ['dbPuerto', '70000'],
    ['dbPuerto', '5432.0'],
    ['dbInstanceId', 'base.ejemplo.us-east-1.rds.amazonaws.com'],
    ['dbSecretArn', 'inventario-klk/etl'],
    ['dbSecretArn', 'arn:aws:secretsmanager:us-east-1:111122223333:secret:inventario-klk/etl'],
    ['klkSecretArn', PRODUCCION.klkSecretArn.replace('us-east-1', 'sa-east-1')],
    ['klkCidr', '203.0.113.10'],
    ['klkCidr', '0.0.0.0/0'],
    ['klkCidr', '0.0.0.0/1'],
    ['klkCidr', '10.0.0.0/8'],
    ['klkCidr', '10.20.1.3/16'],
    ['klkPuerto', '0'],
    ['kmsKeyArn', 'alias/inventario'],
    ['correos', 'operaciones'],
    ['regla', 'no'],
    ['ventas', 'false'],
  ])('is refused with %s=%s', (key, value) => {
    const lines = refusal({ ...PRODUCCION, [key]: value });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(new RegExp(`^- ${key}: (debe|tiene|abriría)`));
  });

  it('is refused when one secret serves two purposes', () => {
    expect(refusal({ ...PRODUCCION, dbAdminSecretArn: PRODUCCION.dbSecretArn })).toEqual([
      expect.stringContaining('los tres secretos deben ser distintos'),
    ]);
  });

  it('is refused with an unknown key, which is probably misspelt', () => {
    expect(refusal({ ...PRODUCCION, correo: 'a@example.com' })).toEqual(['- correo: no existe']);
    expect(refusal({ ambiente: 'desarrollo', 'klk-cidr': '203.0.113.10/32' })).toEqual([
      '- klk-cidr: no existe',
    ]);
  });

  it('is refused with a key of the other stage', () => {
    expect(refusal({ ambiente: 'desarrollo', vpcId: PRODUCCION.vpcId })).toEqual([
      expect.stringMatching(/^- vpcId: no es de esta etapa/),
    ]);
  });

  it('needs both address and port of KLK in a development stage, or neither', () => {
    expect(refusal({ ambiente: 'desarrollo' })).toEqual([]);
    expect(refusal({ ambiente: 'desarrollo', klkPuerto: '7002' })[0]).toMatch(/^- klkCidr: falta, si/);
    expect(refusal({ ambiente: 'desarrollo', klkCidr: '203.0.113.10/32' })[0]).toMatch(
      /^- klkPuerto: falta, si/,
    );
  });

  it('accepts the keys of the queries, as docs/despliegue.md shows them, only together with consultas=si', () => {
    const consultas = { ...PRODUCCION, ...CONSULTAS };
    expect(refusal(consultas)).toEqual([]);
    expect(refusal({ ...consultas, ...OIDC })).toEqual([]);
    const guide = readFileSync('docs/despliegue.md', 'utf8');
    for (const [key, value] of Object.entries({ ...CONSULTAS, ...OIDC })) {
      expect(guide).toContain(`-c ${key}=${value}`);
    }
    const alone = Object.keys(CONSULTAS).filter((key) => key !== 'consultas');
    expect(
      refusal({ ...consultas, consultas: 'no' })
        .map((line) => line.split(' (')[0])
        .sort(),
    ).toEqual(alone.map((key) => `- ${key}: solo sirve con consultas=si`).sort());
  });

  it('needs in production a secret for the user of the queries, different from all others', () => {
    expect(refusal({ ...PRODUCCION, consultas: 'si' })[0]).toMatch(
      /^- dbConsultasSecretArn: falta, con consultas=si/,
    );
    const same = { ...PRODUCCION, ...CONSULTAS, dbConsultasSecretArn: PRODUCCION.dbSecretArn };
    expect(refusal(same)[0]).toMatch(/^- dbConsultasSecretArn: debe ser distinto/);
    expect(refusal({ ambiente: 'desarrollo', consultas: 'si' })).toEqual([]);
    expect(
      refusal({ ambiente: 'desarrollo', consultas: 'si', dbConsultasSecretArn: PRODUCCION.dbSecretArn })[0],
    ).toMatch(/no es de esta etapa/);
  });

  it.each([
    ['dominio', ['certificadoArn']],
    ['certificadoArn', ['dominio']],
    ['oidcIssuer', ['oidcClientId', 'oidcAuthorizeUrl', 'oidcTokenUrl']],
    ['oidcClientId', ['oidcIssuer']],
    ['oidcLogoutUrl', ['oidcIssuer']],
    ['oidcClaimRol', ['oidcIssuer']],
  ])('needs, with %s, also %j', (key, others) => {
    const value = { ...CONSULTAS, ...OIDC, oidcLogoutUrl: OIDC.oidcTokenUrl, oidcClaimRol: 'roles' };
    const given = Object.fromEntries(Object.entries(value).filter(([name]) => name === key));
    const lines = refusal({ ambiente: 'desarrollo', consultas: 'si', ...given });
    expect(lines.map((line) => line.split(' (')[0])).toEqual(
      others.map((other) => `- ${other}: falta, si se da ${key}`),
    );
  });

  it.each([
    ['consultas', 'true'],
    ['dominio', 'https://inventario.example.com'],
    ['certificadoArn', CONSULTAS.certificadoArn.replace('us-east-1', 'sa-east-1')],
    ['oidcIssuer', 'http://acceso.example.com'],
    ['oidcTokenUrl', 'acceso.example.com/token'],
    ['oidcClaimRol', 'dos palabras'],
    ['dbConsultasSecretArn', 'inventario-klk/consultas'],
  ])('is refused with the key %s=%s of the queries', (key, value) => {
    const lines = refusal({ ...PRODUCCION, ...CONSULTAS, ...OIDC, [key]: value });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(new RegExp(`^- ${key}: debe `));
  });

  it('accepts two zones or more for a development stage, because RDS needs two', () => {
    const zones = (azs: string): string[] => refusal({ ambiente: 'desarrollo', azs });
    expect(zones('us-east-1b,us-east-1d')).toEqual([]);
    expect(zones('us-east-1b')[0]).toMatch(/^- azs: debe llevar al menos dos zonas/);
    expect(zones('us-east-1b,us-east-1b')[0]).toMatch(/^- azs: tiene valores repetidos/);
    expect(zones('use1-az4,use1-az6')[0]).toMatch(/^- azs: debe llevar zonas de us-east-1/);
  });

  it('has every key in docs/despliegue.md', () => {
    const guide = readFileSync('docs/despliegue.md', 'utf8');
    for (const key of Object.keys(CONTEXT_KEYS)) expect(guide).toContain(`| \`${key}\` |`);
  });
});
