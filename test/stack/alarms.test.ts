import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { STAGES } from '../../lib/stages.ts';
import { RUNNING } from './stage-contexts.ts';
import { flatten, synthesized } from './synthesized.ts';

/** The sections of the chapter on alarms. */
const [, chapter = ''] = readFileSync('docs/operacion.md', 'utf8').split(/^## Alarmas$/m);
const [alarmSections = ''] = chapter.split(/^## /m);
const headings = [...alarmSections.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);

describe.each(RUNNING)('the alarms of %s', (name) => {
  const stage = synthesized(name);
  const alarms = stage.resources('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
  const suffix = (properties: Record<string, unknown>): string =>
    flatten(properties['AlarmName']).replace(`inventario-klk-${name}-`, '');
  const alarm = (wanted: string): Record<string, unknown> | undefined =>
    alarms.find((properties) => suffix(properties) === wanted);
  const inventory = {
    Name: 'FunctionName',
    Value: { Ref: stage.resource('AWS::Lambda::Function', 'Inventario').id },
  };

  it('are exactly those of the operations guide, and each says which section to open', () => {
    expect(alarms.map(suffix).sort()).toEqual([...headings].sort());
    for (const properties of alarms) {
      expect(properties['AlarmDescription']).toMatch(
        new RegExp(`docs/operacion.md, sección ${suffix(properties)}\\.$`),
      );
    }
  });

  it('notify the topic when they go off and when they end', () => {
    const topic = [{ Ref: stage.resource('AWS::SNS::Topic').id }];
    for (const properties of alarms) {
      expect(properties).toMatchObject({ AlarmActions: topic, OKActions: topic });
      expect(properties['ActionsEnabled']).not.toBe(false);
    }
  });

  it('go off when an invocation fails', () => {
    expect(alarm('ejecucion-fallida')).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [inventory],
      Statistic: 'Sum',
      Period: 1800,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    });
  });

  it('go off when no scheduled run has loaded anything for two intervals, also when nothing says anything', () => {
    const silence = alarm('sin-cargas');
    expect(silence).toMatchObject({
      Namespace: `InventarioKLK/${name}`,
      MetricName: 'CargaProgramada',
      Dimensions: [{ Name: 'service', Value: 'inventario-klk' }],
      Statistic: 'Sum',
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
    expect(Number(silence?.['Period']) * Number(silence?.['EvaluationPeriods'])).toBe(2 * 1800);
    expect(silence).not.toHaveProperty('DatapointsToAlarm');
  });

  it('go off when a warehouse is older than two hours, and stay so while nobody measures', () => {
    expect(alarm('inventario-antiguo')).toMatchObject({
      MetricName: 'AntiguedadMaxima',
      Statistic: 'Maximum',
      Threshold: 7200,
      TreatMissingData: 'ignore',
    });
  });

  it('go off when an event finds no Lambda', () => {
    expect(alarm('eventos-sin-entregar')).toMatchObject({
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [
        {
          Name: 'QueueName',
          Value: { 'Fn::GetAtt': [stage.resource('AWS::SQS::Queue', 'Programacion').id, 'QueueName'] },
        },
      ],
      Threshold: 0,
    });
  });

  it('go off when a run takes more than 70 % of its timeout', () => {
    expect(alarm('ejecucion-lenta')).toMatchObject({
      MetricName: 'Duration',
      Dimensions: [inventory],
      Statistic: 'Maximum',
      Threshold: 0.7 * STAGES[name].timeoutMinutes * 60_000,
    });
  });

  it('go off when more rows than usual are rejected', () => {
    expect(alarm('filas-rechazadas')).toMatchObject({
      MetricName: 'Rechazados',
      Statistic: 'Maximum',
      Threshold: STAGES[name].rejectedRowsThreshold,
    });
  });
});

describe.each(RUNNING)('the alarm topic of %s', (name) => {
  const stage = synthesized(name);
  const topic = { Ref: stage.resource('AWS::SNS::Topic').id };

  it('takes messages from the alarms of its account, over TLS only', () => {
    expect(stage.resource('AWS::SNS::TopicPolicy').Properties).toMatchObject({
      PolicyDocument: {
        Statement: [
          { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
          {
            Effect: 'Allow',
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Resource: topic,
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          },
        ],
      },
    });
  });

  it('mails every address', () => {
    const mails = stage.resources('AWS::SNS::Subscription').map(({ Properties }) => Properties);
    const expected = name === 'produccion' ? ['operaciones', 'sistemas'] : ['operaciones'];
    expect(mails).toMatchObject(
      expected.map((user) => ({ Protocol: 'email', Endpoint: `${user}@example.com`, TopicArn: topic })),
    );
  });
});
