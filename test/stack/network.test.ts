import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { PIPELINES, RUNNING } from './stage-contexts.ts';
import { flatten, synthesized } from './synthesized.ts';
import type { Synthesized } from './synthesized.ts';

const Rule = z.object({
  CidrIp: z.string().optional(),
  DestinationSecurityGroupId: z.unknown().optional(),
  IpProtocol: z.string(),
  FromPort: z.number(),
  ToPort: z.number(),
});

const INVENTARIO = 'InventarioLambdaSg';
const VENTAS = 'VentasLambdaSg';
const MIGRACIONES = 'MigracionesLambdaSg';

/** Every way out of a security group, inline or not, as `protocol from-to destination`. */
function egress(stage: Synthesized, idPrefix: string): string[] {
  const group = stage.resource('AWS::EC2::SecurityGroup', idPrefix);
  const inline = z.array(Rule).parse(group.Properties['SecurityGroupEgress']);
  const separate = stage
    .resources('AWS::EC2::SecurityGroupEgress')
    .filter(({ Properties }) => flatten(Properties['GroupId']) === `<${group.id}.GroupId>`)
    .map(({ Properties }) => Rule.parse(Properties));
  return [...inline, ...separate]
    .map((rule) => {
      const destination = rule.CidrIp ?? flatten(rule.DestinationSecurityGroupId);
      return `${rule.IpProtocol} ${rule.FromPort}-${rule.ToPort} ${destination}`;
    })
    .sort();
}

const databaseGroup = {
  desarrollo: /^<BaseBaseDeDatosSg\w+\.GroupId>$/,
  produccion: /^sg-0123456789abcdef0$/,
};

describe.each(RUNNING)('the network of %s', (name) => {
  const stage = synthesized(name);

  it.each(PIPELINES)(
    'allows the $pipeline Lambda to connect to the database, to KLK and to the APIs of AWS only',
    ({ lambda }) => {
      const [api, database, klk, ...others] = egress(stage, `${lambda}LambdaSg`);
      expect(api).toBe('tcp 443-443 0.0.0.0/0');
      expect(database).toMatch(/^tcp 5432-5432 /);
      expect(database?.split(' ')[2]).toMatch(databaseGroup[name]);
      expect(klk).toBe('tcp 7002-7002 203.0.113.10/32');
      expect(others).toEqual([]);
    },
  );

  it('allows the migration Lambda to connect to the database and to the APIs of AWS only', () => {
    const [api, database, ...others] = egress(stage, MIGRACIONES);
    expect(api).toBe('tcp 443-443 0.0.0.0/0');
    expect(database?.split(' ')[2]).toMatch(databaseGroup[name]);
    expect(others).toEqual([]);
  });

  it('adds one rule to the security group of the database for each Lambda, and nothing else', () => {
    const rules = stage.resources('AWS::EC2::SecurityGroupIngress').map(({ Properties }) => ({
      group: flatten(Properties['GroupId']),
      source: flatten(Properties['SourceSecurityGroupId']),
      ports: [Properties['FromPort'], Properties['ToPort']],
      cidr: Properties['CidrIp'],
    }));
    const source = (prefix: string): string =>
      `<${stage.resource('AWS::EC2::SecurityGroup', prefix).id}.GroupId>`;
    expect(rules.map((rule) => rule.source).sort()).toEqual([INVENTARIO, MIGRACIONES, VENTAS].map(source));
    for (const rule of rules) {
      expect(rule.group).toMatch(databaseGroup[name]);
      expect(rule).toMatchObject({ ports: [5432, 5432], cidr: undefined });
    }
  });

  it('adds no other rule for incoming connections', () => {
    const inline = stage
      .resources('AWS::EC2::SecurityGroup')
      .filter(({ Properties }) => Properties['SecurityGroupIngress'] !== undefined);
    expect(inline).toEqual([]);
  });

  it('has every Lambda in private subnets', () => {
    const subnets = ['Inventario', 'Ventas', 'Migraciones'].map((prefix) => {
      const { VpcConfig } = stage.resource('AWS::Lambda::Function', prefix).Properties;
      return z
        .object({ SubnetIds: z.array(z.unknown()) })
        .parse(VpcConfig)
        .SubnetIds.map(flatten);
    });
    const expected =
      name === 'produccion'
        ? ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1']
        : [expect.stringMatching(/privadaSubnet1/), expect.stringMatching(/privadaSubnet2/)];
    expect(subnets).toEqual([expected, expected, expected]);
  });
});

describe('the network of a development stage without KLK', () => {
  it('allows no connection to KLK', () => {
    for (const group of [INVENTARIO, VENTAS]) {
      const ports = egress(synthesized('desarrolloSinKlk'), group).map((rule) => rule.split(' ')[1]);
      expect(ports).toEqual(['443-443', '5432-5432']);
    }
  });
});

describe('the network that a development stage creates', () => {
  const stage = synthesized('desarrollo');

  it('has two zones and one NAT gateway', () => {
    expect(stage.resources('AWS::EC2::NatGateway')).toHaveLength(1);
    expect(stage.resources('AWS::EC2::Subnet')).toHaveLength(6);
  });

  it('assigns no public address in its public subnets', () => {
    const open = stage
      .resources('AWS::EC2::Subnet')
      .map(({ Properties }) => Properties['MapPublicIpOnLaunch']);
    expect(open).not.toContain(true);
  });

  it('uses the zones that the context names, because not every zone supports Lambda', () => {
    const zones = (name: 'desarrollo' | 'desarrolloEnZonas'): unknown[] =>
      synthesized(name)
        .resources('AWS::EC2::Subnet')
        .map(({ Properties }) => Properties['AvailabilityZone']);
    expect([...new Set(zones('desarrolloEnZonas'))]).toEqual(['us-east-1b', 'us-east-1d']);
    expect(zones('desarrollo')).toContainEqual({ 'Fn::Select': [0, { 'Fn::GetAZs': '' }] });
  });
});
