import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { KMS_KEY, PIPELINES, PRODUCCION, RUNNING } from './stage-contexts.ts';
import { flatten, synthesized } from './synthesized.ts';
import type { Resource, Synthesized } from './synthesized.ts';

const list = z.unknown().transform((value) => (Array.isArray(value) ? value : [value]).map(flatten));

const Statement = z.object({
  Effect: z.string(),
  Action: list,
  Resource: list.optional(),
  Condition: z.unknown().optional(),
});
type Statement = z.infer<typeof Statement>;

const Policy = z.object({ PolicyDocument: z.object({ Statement: z.array(Statement) }) });
const Inline = z.object({ Policies: z.array(Policy).default([]), ManagedPolicyArns: z.array(z.unknown()) });

const statements = ({ Properties }: Resource): Statement[] =>
  Policy.parse(Properties).PolicyDocument.Statement;

/** What a Lambda may do, as `action on resource`. */
function allowed(stage: Synthesized, idPrefix: string): string[] {
  return statements(stage.resource('AWS::IAM::Policy', idPrefix)).flatMap(({ Action, Resource = [] }) =>
    Resource.flatMap((resource) => Action.map((action) => `${action} on ${resource}`)),
  );
}

const readSecret = (secret: string): string[] => [
  `secretsmanager:DescribeSecret on ${secret}`,
  `secretsmanager:GetSecretValue on ${secret}`,
];

const writeQueue = (queue: string): string[] =>
  ['GetQueueAttributes', 'GetQueueUrl', 'SendMessage'].map((action) => `sqs:${action} on ${queue}`);

describe.each(RUNNING)('the permissions of %s', (name) => {
  const stage = synthesized(name);
  const id = (type: string, prefix: string): string => stage.resource(type, prefix).id;
  const secrets = {
    desarrollo: () => ({
      etl: `<${id('AWS::SecretsManager::SecretTargetAttachment', 'BaseSecretoEtl')}>`,
      klk: `<${id('AWS::SecretsManager::Secret', 'BaseSecretoKlk')}>`,
      admin: `<${id('AWS::RDS::DBInstance', '')}.MasterUserSecret.SecretArn>`,
    }),
    produccion: () => ({
      etl: PRODUCCION.dbSecretArn,
      klk: PRODUCCION.klkSecretArn,
      admin: PRODUCCION.dbAdminSecretArn,
    }),
  }[name]();

  it.each(PIPELINES)(
    'allow the $pipeline Lambda to read its two secrets and to report failures, and nothing else',
    ({ lambda }) => {
      const failures = `<${id('AWS::SQS::Queue', `${lambda}Fallidas`)}.Arn>`;
      expect(allowed(stage, lambda).sort()).toEqual(
        [...readSecret(secrets.etl), ...readSecret(secrets.klk), ...writeQueue(failures)].sort(),
      );
    },
  );

  it('allow the migration Lambda to read its two secrets and to report failures, and nothing else', () => {
    const failures = `<${id('AWS::SQS::Queue', 'MigracionesFallidas')}.Arn>`;
    expect(allowed(stage, 'Migraciones').sort()).toEqual(
      [...readSecret(secrets.etl), ...readSecret(secrets.admin), ...writeQueue(failures)].sort(),
    );
  });

  it('use no managed policy but the two of every Lambda in a VPC', () => {
    const managed = stage
      .resources('AWS::IAM::Role')
      .flatMap(({ Properties }) => Inline.parse(Properties).ManagedPolicyArns.map(flatten));
    const names = new Set(managed.map((arn) => arn.split('/').at(-1)));
    expect(names).toEqual(new Set(['AWSLambdaBasicExecutionRole', 'AWSLambdaVPCAccessExecutionRole']));
  });

  it('have a wildcard only where the deployment invokes any version of the migration Lambda', () => {
    const granted = [
      ...stage.resources('AWS::IAM::Policy').flatMap(statements),
      ...stage
        .resources('AWS::IAM::Role')
        .flatMap(({ Properties }) => Inline.parse(Properties).Policies)
        .flatMap(({ PolicyDocument }) => PolicyDocument.Statement),
      ...['AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy'].flatMap((type) =>
        stage.resources(type).flatMap(statements),
      ),
    ].filter(({ Effect }) => Effect === 'Allow');
    const wildcards = granted
      .flatMap(({ Action, Resource = [] }) => [...Action, ...Resource])
      .filter((value) => value.includes('*'));
    expect(wildcards).toEqual([`<${id('AWS::Lambda::Function', 'Migraciones')}.Arn>:*`]);
  });
});

describe('the permissions of a production stage whose secrets have a key of their own', () => {
  it('allow every Lambda to decrypt with that key, through Secrets Manager only', () => {
    for (const prefix of ['Inventario', 'Ventas', 'Migraciones']) {
      const policy = synthesized('produccionPausada').resource('AWS::IAM::Policy', prefix);
      const [decrypt, ...others] = statements(policy).filter(({ Action }) => Action.includes('kms:Decrypt'));
      expect(others).toEqual([]);
      expect(decrypt).toEqual({
        Effect: 'Allow',
        Action: ['kms:Decrypt'],
        Resource: [KMS_KEY],
        Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.us-east-1.amazonaws.com' } },
      });
    }
  });
});
