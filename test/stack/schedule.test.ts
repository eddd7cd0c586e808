import { describe, expect, it } from '@jest/globals';
import { PIPELINES, RUNNING } from './stage-contexts.ts';
import { flatten, synthesized } from './synthesized.ts';

const TIMES = { Programacion: 'cron(0/30 * * * ? *)', VentasProgramacion: 'cron(15/30 * * * ? *)' };

const RULES = RUNNING.flatMap((name) => PIPELINES.map((pipeline) => ({ name, ...pipeline })));

describe.each(RULES)('the schedule of the $pipeline of $name', ({ name, lambda, schedule }) => {
  const stage = synthesized(name);
  const rule = stage.resource('AWS::Events::Rule', schedule);

  it('runs its Lambda every 30 minutes, at minutes that keep the two pipelines apart', () => {
    const { id } = stage.resource('AWS::Lambda::Function', lambda);
    expect(rule.Properties).toMatchObject({
      ScheduleExpression: TIMES[schedule],
      State: 'ENABLED',
      Targets: [{ Arn: { 'Fn::GetAtt': [id, 'Arn'] } }],
    });
    expect(stage.resource('AWS::Lambda::Permission', schedule).Properties).toMatchObject({
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': [id, 'Arn'] },
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [rule.id, 'Arn'] },
    });
  });

  it('keeps in a queue the events that it cannot deliver', () => {
    const { id } = stage.resource('AWS::SQS::Queue', schedule);
    expect(rule.Properties).toMatchObject({
      Targets: [
        {
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': [id, 'Arn'] } },
          RetryPolicy: { MaximumEventAgeInSeconds: 900, MaximumRetryAttempts: 3 },
        },
      ],
    });
    expect(stage.resource('AWS::SQS::QueuePolicy', schedule).Properties).toMatchObject({
      PolicyDocument: {
        Statement: expect.arrayContaining([
          expect.objectContaining({
            Effect: 'Allow',
            Action: 'sqs:SendMessage',
            Principal: { Service: 'events.amazonaws.com' },
            Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [rule.id, 'Arn'] } } },
          }),
        ]),
      },
    });
  });
});

describe.each(RUNNING)('the queues of %s', (name) => {
  const stage = synthesized(name);

  it('are five, are encrypted, accept TLS only and keep messages for two weeks', () => {
    const queues = stage.resources('AWS::SQS::Queue');
    expect(queues).toHaveLength(5);
    for (const { id, Properties } of queues) {
      expect(Properties).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 });
      const policy = stage
        .resources('AWS::SQS::QueuePolicy')
        .find(({ Properties: { Queues } }) => flatten(Queues) === `<${id}>`);
      expect(policy?.Properties).toMatchObject({
        PolicyDocument: {
          Statement: expect.arrayContaining([
            expect.objectContaining({
              Effect: 'Deny',
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            }),
          ]),
        },
      });
    }
  });
});

describe('the switch of the schedule', () => {
  it('is off in a development stage without a KLK, and with regla=pausada', () => {
    for (const name of ['desarrolloSinKlk', 'produccionPausada'] as const) {
      for (const { schedule } of PIPELINES) {
        expect(synthesized(name).resource('AWS::Events::Rule', schedule).Properties['State']).toBe(
          'DISABLED',
        );
      }
    }
  });

  it('is reported at deployment when it is off', () => {
    expect(JSON.stringify(synthesized('desarrolloSinKlk').findings)).toContain('regla apagada');
    expect(JSON.stringify(synthesized('produccionPausada').findings)).toContain('regla=pausada');
  });

  it('turns off, when it is off, the actions of the alarms of silence, staleness and missing days, and no others', () => {
    for (const [name, off] of [
      ['produccion', []],
      [
        'produccionPausada',
        ['inventario-antiguo', 'sin-cargas', 'ventas-dia-incompleto', 'ventas-sin-cargas'],
      ],
    ] as const) {
      const silent = synthesized(name)
        .resources('AWS::CloudWatch::Alarm')
        .filter(({ Properties }) => Properties['ActionsEnabled'] === false)
        .map(({ Properties }) => flatten(Properties['AlarmName']).replace('inventario-klk-produccion-', ''));
      expect(silent.sort()).toEqual(off);
    }
  });

  it('leaves these alarms in OK while it is off, so that they notify once it is on again', () => {
    const missing = synthesized('produccionPausada')
      .resources('AWS::CloudWatch::Alarm')
      .filter(({ Properties }) => Properties['ActionsEnabled'] === false)
      .map(({ Properties }) => Properties['TreatMissingData']);
    expect(missing).toEqual(Array(4).fill('notBreaching'));
  });
});
