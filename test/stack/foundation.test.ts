import { describe, expect, it } from '@jest/globals';
import { RUNNING } from './stage-contexts.ts';
import { refusalOfUnsoundStack, synthesized } from './synthesized.ts';

describe('the database that a development stage creates', () => {
  const stage = synthesized('desarrollo');
  const database = stage.resource('AWS::RDS::DBInstance');

  it('is a small encrypted PostgreSQL 16 that is not reachable from outside the network', () => {
    expect(database.Properties).toMatchObject({
      Engine: 'postgres',
      EngineVersion: expect.stringMatching(/^16\.1[1-9]$/),
      DBInstanceClass: 'db.t4g.micro',
      StorageType: 'gp3',
      StorageEncrypted: true,
      PubliclyAccessible: false,
    });
  });

  it('has a backup every day, and leaves a snapshot when it is deleted', () => {
    expect(database.Properties['BackupRetentionPeriod']).toBe(7);
    expect(database.DeletionPolicy).toBe('Snapshot');
  });

  it('has a certificate of an authority that the Lambdas trust', () => {
    expect(database.Properties['CACertificateIdentifier']).toMatch(/-g1$/);
  });

  it('has no password in the template', () => {
    expect(database.Properties).toMatchObject({ ManageMasterUserPassword: true });
    expect(database.Properties).not.toHaveProperty('MasterUserPassword');
    const etl = stage.resource('AWS::SecretsManager::Secret', 'BaseSecretoEtl');
    expect(etl.Properties).toHaveProperty('GenerateSecretString');
    expect(etl.Properties).not.toHaveProperty('SecretString');
  });

  it('has the address of KLK in the secret of KLK', () => {
    const klk = (name: 'desarrollo' | 'desarrolloSinKlk'): unknown =>
      synthesized(name).resource('AWS::SecretsManager::Secret', 'BaseSecretoKlk').Properties['SecretString'];
    expect(klk('desarrollo')).toBe('{"baseUrl":"http://203.0.113.10:7002"}');
    expect(klk('desarrolloSinKlk')).toBe('{"baseUrl":"http://192.0.2.1:7002"}');
  });
});

describe('a production stage', () => {
  const stage = synthesized('produccion');

  it('creates, changes and deletes no network, database or secret', () => {
    const types = new Set(stage.all.map(({ Type }) => Type));
    const foreign = [...types].filter((type) => /^AWS::(RDS|SecretsManager|KMS|EC2)::/.test(type)).sort();
    expect(foreign).toEqual([
      'AWS::EC2::SecurityGroup',
      'AWS::EC2::SecurityGroupEgress',
      'AWS::EC2::SecurityGroupIngress',
    ]);
  });

  it('is protected against deletion, and keeps its logs', () => {
    expect(stage.terminationProtection).toBe(true);
    expect(synthesized('desarrollo').terminationProtection).toBe(false);
    const kept = stage.resources('AWS::Logs::LogGroup').map(({ DeletionPolicy }) => DeletionPolicy);
    expect(new Set(kept)).toEqual(new Set(['Retain']));
  });
});

describe.each(RUNNING)('%s', (name) => {
  it('passes every rule of cdk-nag, without a warning of the CDK', () => {
    expect(synthesized(name).findings).toEqual([]);
  });
});

describe('synth', () => {
  it('fails when either pack of cdk-nag reports a finding', () => {
    expect(refusalOfUnsoundStack()).toContain('AwsSolutions-SQS4');
    expect(refusalOfUnsoundStack()).toContain('Serverless-SQSRedrivePolicy');
  });
});
