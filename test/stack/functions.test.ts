import { describe, expect, it } from '@jest/globals';
import { STAGES } from '../../lib/stages.ts';
import { z } from 'zod';
import { PIPELINES, RUNNING } from './stage-contexts.ts';
import { flatten, synthesized } from './synthesized.ts';
import type { Resource } from './synthesized.ts';

const Environment = z.object({ Variables: z.record(z.string(), z.unknown()) });
const Logging = z.object({ LoggingConfig: z.object({ LogGroup: z.object({ Ref: z.string() }) }) });

const secrets = {
  desarrollo: {
    etl: /^<BaseSecretoEtlAttachment\w+>$/,
    klk: /^<BaseSecretoKlk\w+>$/,
    admin: /^<BaseBaseDeDatos\w+\.MasterUserSecret\.SecretArn>$/,
  },
  produccion: {
    etl: /:secret:inventario-klk\/etl-AbCdEf$/,
    klk: /\/klk-MnOpQr$/,
    admin: /\/migraciones-GhIjKl$/,
  },
};

describe.each(RUNNING)('the Lambdas of %s', (name) => {
  const stage = synthesized(name);
  const pipelines = PIPELINES.map((names) => ({
    ...names,
    ...stage.resource('AWS::Lambda::Function', names.lambda),
  }));
  const migration = stage.resource('AWS::Lambda::Function', 'Migraciones');

  it('run Node 24 on ARM64 and log JSON to a group of their own', () => {
    for (const { id, Properties } of [...pipelines, migration]) {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        LoggingConfig: {
          LogFormat: 'JSON',
          LogGroup: { Ref: expect.stringContaining(id.replace(/Funcion.*/, 'Registro')) },
        },
      });
    }
  });

  it('log, those of the CDK included, to groups of the stack that have a retention', () => {
    const [retention, deletion] = name === 'produccion' ? [90, 'Retain'] : [30, 'Delete'];
    const functions = stage.resources('AWS::Lambda::Function');
    expect(functions.length).toBeGreaterThan(2);
    const groups = functions.map(({ Properties }) => Logging.parse(Properties).LoggingConfig.LogGroup.Ref);
    expect(new Set(groups).size).toBe(functions.length);
    const ours = stage.resources('AWS::Logs::LogGroup');
    expect(ours.map(({ id }) => id).sort()).toEqual([...groups].sort());
    for (const group of ours) {
      expect(group).toMatchObject({ Properties: { RetentionInDays: retention }, DeletionPolicy: deletion });
    }
  });

  it('time out before the other pipeline begins, and that of the migrations before the deployment gives up', () => {
    for (const { Properties, timeout } of pipelines) {
      expect(Properties['Timeout']).toBe(STAGES[name][timeout] * 60);
      expect(STAGES[name][timeout]).toBeLessThan(15);
    }
    expect(migration.Properties['Timeout']).toBe(540);
    expect(stage.resource('Custom::Trigger').Properties['Timeout']).toBe('600000');
  });

  it('reserve no concurrency, because small accounts refuse it', () => {
    for (const { Properties } of pipelines)
      expect(Properties['ReservedConcurrentExecutions']).toBeUndefined();
  });

  it('are given their secrets, the port of KLK and the namespace of their metrics', () => {
    const variable = ({ Properties }: Resource, key: string): string =>
      flatten(Environment.parse(Properties['Environment']).Variables[key]);
    for (const { service, ...lambda } of pipelines) {
      const { ventasDesde } = STAGES[name];
      expect(lambda.Properties['Environment']).toEqual({
        Variables: {
          DB_SECRET_ARN: expect.anything(),
          KLK_SECRET_ARN: expect.anything(),
          KLK_PUERTO: '7002',
          POWERTOOLS_SERVICE_NAME: service,
          POWERTOOLS_METRICS_NAMESPACE: `InventarioKLK/${name}`,
          NODE_OPTIONS: '--enable-source-maps --max-semi-space-size=16',
          ...(service === 'ventas-klk' && ventasDesde !== undefined && { ETL_VENTAS_DESDE: ventasDesde }),
        },
      });
      expect(variable(lambda, 'DB_SECRET_ARN')).toMatch(secrets[name].etl);
      expect(variable(lambda, 'KLK_SECRET_ARN')).toMatch(secrets[name].klk);
    }
    expect(variable(migration, 'DB_SECRET_ARN')).toMatch(secrets[name].etl);
    expect(variable(migration, 'DB_ADMIN_SECRET_ARN')).toMatch(secrets[name].admin);
  });

  it('are never retried, and drop an event before the next one is due', () => {
    for (const { lambda } of pipelines) {
      const failures = stage.resource('AWS::SQS::Queue', `${lambda}Fallidas`).id;
      expect(stage.resource('AWS::Lambda::EventInvokeConfig', lambda).Properties).toMatchObject({
        MaximumRetryAttempts: 0,
        MaximumEventAgeInSeconds: 900,
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [failures, 'Arn'] } } },
      });
    }
  });
});
