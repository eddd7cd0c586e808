import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { STAGES } from '../../lib/stages.ts';
import { PIPELINES, RUNNING, WITH_CONSULTAS } from './stage-contexts.ts';
import { flatten, synthesized } from './synthesized.ts';

/** The sections of the chapter on alarms. */
const [, chapter = ''] = readFileSync('docs/operacion.md', 'utf8').split(/^## Alarmas$/m);
const [alarmSections = ''] = chapter.split(/^## /m);
const headings = [...alarmSections.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);

/** The alarms that both pipelines have. */
const NAMES = {
  'inventario-klk': {
    failed: 'ejecucion-fallida',
    silent: 'sin-cargas',
    rejected: 'filas-rechazadas',
    throttled: 'funcion-frenada',
    unseen: 'ejecuciones-sin-revisar',
    undelivered: 'eventos-sin-entregar',
    perRun: ['ejecucion-fallida', 'ejecucion-lenta', 'filas-rechazadas'],
  },
  'ventas-klk': {
    failed: 'ventas-ejecucion-fallida',
    silent: 'ventas-sin-cargas',
    rejected: 'ventas-lineas-rechazadas',
    throttled: 'ventas-funcion-frenada',
    unseen: 'ventas-ejecuciones-sin-revisar',
    undelivered: 'ventas-eventos-sin-entregar',
    perRun: ['ventas-ejecucion-fallida', 'ventas-lineas-rechazadas'],
  },
};

describe.each(RUNNING)('the alarms of %s', (name) => {
  const stage = synthesized(name);
  const alarms = stage.resources('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
  const suffix = (properties: Record<string, unknown>): string =>
    flatten(properties['AlarmName']).replace(`inventario-klk-${name}-`, '');
  const alarm = (wanted: string): Record<string, unknown> | undefined =>
    alarms.find((properties) => suffix(properties) === wanted);
  const functionName = (lambda: string): unknown => [
    { Name: 'FunctionName', Value: { Ref: stage.resource('AWS::Lambda::Function', lambda).id } },
  ];
  const queueName = (id: string): unknown => [
    { Name: 'QueueName', Value: { 'Fn::GetAtt': [id, 'QueueName'] } },
  ];
  /** At least one message of the only queue whose logical id starts so. */
  const waitingIn = (queue: string): Record<string, unknown> => ({
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Dimensions: queueName(stage.resource('AWS::SQS::Queue', queue).id),
    Statistic: 'Maximum',
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
  });
  const ofDatabase = (metric: string, statistic: string): Record<string, unknown> => ({
    Namespace: 'AWS/RDS',
    MetricName: metric,
    Dimensions: [
      {
        Name: 'DBInstanceIdentifier',
        Value:
          name === 'produccion' ? 'base-de-la-cadena' : { Ref: stage.resource('AWS::RDS::DBInstance').id },
      },
    ],
    Statistic: statistic,
    Period: 300,
  });

  it('have, those of the queries included, exactly the sections of docs/operacion.md, and each names its own', () => {
    const ofInventory = headings.filter((heading) => !heading?.startsWith('consultas-'));
    expect(alarms.map(suffix).sort()).toEqual(ofInventory.sort());
    for (const properties of alarms) {
      expect(properties['AlarmDescription']).toMatch(
        new RegExp(`docs/operacion.md, sección ${suffix(properties)}\\.$`),
      );
    }
  });

  it('are as many as docs/despliegue.md shows in its drawing and in its price', () => {
    const counts = [...readFileSync('docs/despliegue.md', 'utf8').matchAll(/(\d+) alarmas/g)];
    expect(counts.map(([, count]) => Number(count))).toEqual([alarms.length, alarms.length]);
  });

  it('send a notification when they go off and another when they end', () => {
    const topic = [{ Ref: stage.resource('AWS::SNS::Topic').id }];
    for (const properties of alarms) {
      expect(properties).toMatchObject({ AlarmActions: topic, OKActions: topic });
      expect(properties['ActionsEnabled']).not.toBe(false);
    }
  });

  describe.each(PIPELINES)('for the $pipeline', ({ lambda, schedule, service }) => {
    const of = NAMES[service];
    const dimensions = [{ Name: 'service', Value: service }];

    it('go off when a scheduled run fails, but not when an event sent by hand is refused', () => {
      expect(alarm(of.failed)).toMatchObject({
        Namespace: `InventarioKLK/${name}`,
        MetricName: 'ProgramadaFallida',
        Dimensions: dimensions,
        Statistic: 'Maximum',
        Period: 1800,
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
      });
    });

    it('stay on between two runs: a measurement counts for three intervals', () => {
      for (const perRun of of.perRun) {
        expect(alarm(perRun)).toMatchObject({ Period: 1800, EvaluationPeriods: 3, DatapointsToAlarm: 1 });
      }
    });

    it('go off when a run ended without a summary: out of memory, out of time, or throttled until its event expired', () => {
      expect(alarm(of.unseen)).toMatchObject(waitingIn(`${lambda}Fallidas`));
    });

    it('go off when EventBridge cannot deliver an event to the Lambda', () => {
      expect(alarm(of.undelivered)).toMatchObject(waitingIn(schedule));
    });

    it('go off when Lambda throttles a run, earlier than the alarm of silence', () => {
      expect(alarm(of.throttled)).toMatchObject({
        Namespace: 'AWS/Lambda',
        MetricName: 'Throttles',
        Dimensions: functionName(lambda),
        Statistic: 'Sum',
        Threshold: 0,
        Period: 300,
        EvaluationPeriods: 6,
        DatapointsToAlarm: 1,
      });
    });

    it('go off when no scheduled run has loaded anything for two intervals, missing data included', () => {
      const silence = alarm(of.silent);
      expect(silence).toMatchObject({
        Namespace: `InventarioKLK/${name}`,
        MetricName: 'CargaProgramada',
        Dimensions: dimensions,
        Statistic: 'Sum',
        Threshold: 1,
        ComparisonOperator: 'LessThanThreshold',
        TreatMissingData: 'breaching',
      });
      expect(Number(silence?.['Period']) * Number(silence?.['EvaluationPeriods'])).toBe(2 * 1800);
      expect(silence).not.toHaveProperty('DatapointsToAlarm');
    });

    it('go off when a run rejects more rows than the threshold of the stage', () => {
      expect(alarm(of.rejected)).toMatchObject({
        MetricName: 'Rechazados',
        Dimensions: dimensions,
        Statistic: 'Maximum',
        Threshold: STAGES[name].rejectedRowsThreshold,
      });
    });
  });

  it('go off when the daily migration failed', () => {
    expect(alarm('mantenimiento-fallido')).toMatchObject(waitingIn('MigracionesFallidas'));
  });

  it('go off when the database runs out of disk, and when its free space is not measured', () => {
    expect(alarm('base-sin-espacio')).toMatchObject({
      ...ofDatabase('FreeStorageSpace', 'Minimum'),
      Threshold: STAGES[name].databaseFreeBytes,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
  });

  it('go off when the processor or the connections of the database are nearly used up', () => {
    expect(alarm('base-procesador')).toMatchObject({
      ...ofDatabase('CPUUtilization', 'Average'),
      Threshold: STAGES[name].databaseCpuPercent,
      EvaluationPeriods: 3,
    });
    expect(alarm('base-conexiones')).toMatchObject({
      ...ofDatabase('DatabaseConnections', 'Maximum'),
      Threshold: STAGES[name].databaseConnections,
    });
  });

  it('go off when the inventory of a warehouse is older than two hours, and stay on while no age is measured', () => {
    expect(alarm('inventario-antiguo')).toMatchObject({
      MetricName: 'AntiguedadMaxima',
      Statistic: 'Maximum',
      Threshold: 7200,
      TreatMissingData: 'ignore',
    });
  });

  it('go off when a message arrives in any queue of failed events', () => {
    const watched = alarms
      .filter(({ MetricName }) => MetricName === 'ApproximateNumberOfMessagesVisible')
      .map(({ Dimensions }) => Dimensions);
    const queues = stage.resources('AWS::SQS::Queue').map(({ id }) => queueName(id));
    expect(watched).toHaveLength(queues.length);
    expect(watched).toEqual(expect.arrayContaining(queues));
  });

  it('go off when a day of sales is missing, and stay on while nothing is measured', () => {
    expect(alarm('ventas-dia-incompleto')).toMatchObject({
      Namespace: `InventarioKLK/${name}`,
      MetricName: 'DiasIncompletos',
      Dimensions: [{ Name: 'service', Value: 'ventas-klk' }],
      Statistic: 'Maximum',
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'ignore',
    });
  });

  it('go off when an inventory run takes more than 70 % of its timeout', () => {
    expect(alarm('ejecucion-lenta')).toMatchObject({
      MetricName: 'Duration',
      Dimensions: functionName('Inventario'),
      Statistic: 'Maximum',
      Period: 1800,
      Threshold: (70 * STAGES[name].timeoutMinutes * 60_000) / 100,
    });
  });

  it('go off when sales runs take more than 70 % of their timeout for a whole day, because a backfill does so for hours', () => {
    const slow = alarm('ventas-ejecucion-lenta');
    expect(slow).toMatchObject({
      MetricName: 'Duration',
      Dimensions: functionName('Ventas'),
      Statistic: 'Maximum',
      Period: 3600,
      EvaluationPeriods: 24,
      Threshold: (70 * STAGES[name].ventasTimeoutMinutes * 60_000) / 100,
      TreatMissingData: 'notBreaching',
    });
    expect(slow).not.toHaveProperty('DatapointsToAlarm');
  });
});

describe.each(WITH_CONSULTAS)('the alarms of the queries of $stage', ({ name, stage: ambiente }) => {
  const stage = synthesized(name, 'consultas');
  const alarms = stage.resources('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
  const alarm = (wanted: string): Record<string, unknown> | undefined =>
    alarms.find(({ AlarmName }) => AlarmName === `inventario-klk-${ambiente}-${wanted}`);
  const api = [{ Name: 'ApiId', Value: { Ref: stage.resource('AWS::ApiGatewayV2::Api').id } }];

  it('each name a section of docs/operacion.md that exists', () => {
    const sections = headings.filter((heading) => heading?.startsWith('consultas-'));
    expect(sections).toHaveLength(alarms.length);
    for (const section of sections) {
      expect(alarm(section ?? '')?.['AlarmDescription']).toMatch(
        new RegExp(`docs/operacion.md, sección ${section}\\.$`),
      );
    }
  });

  it('publish to a topic that accepts alarms of its own account, over TLS only, and mails every address', () => {
    const topic = stage.resource('AWS::SNS::Topic').id;
    for (const properties of alarms) {
      expect(properties).toMatchObject({ AlarmActions: [{ Ref: topic }], OKActions: [{ Ref: topic }] });
    }
    expect(stage.resources('AWS::SNS::Subscription')).toHaveLength(ambiente === 'produccion' ? 2 : 1);
    expect(JSON.stringify(stage.resource('AWS::SNS::TopicPolicy').Properties)).toMatch(
      /"aws:SecureTransport":"false".*"aws:SourceAccount"/,
    );
  });

  it('go off when several answers fail, but not for a single one', () => {
    expect(alarm('consultas-errores')).toMatchObject({
      Namespace: 'AWS/ApiGateway',
      MetricName: '5xx',
      Dimensions: api,
      Statistic: 'Sum',
      Period: 300,
      Threshold: 2,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    });
  });

  it('go off when one answer in twenty is slow for a quarter of an hour', () => {
    const slow = alarm('consultas-lentas');
    expect(slow).toMatchObject({
      MetricName: 'Latency',
      Dimensions: api,
      ExtendedStatistic: 'p95',
      Threshold: STAGES[ambiente].consultas.slowMs,
      Period: 300,
      EvaluationPeriods: 3,
    });
    expect(slow).not.toHaveProperty('DatapointsToAlarm');
  });

  it('go off when requests are throttled, by the API or by Lambda', () => {
    const refused = JSON.stringify(alarm('consultas-frenadas'));
    expect(refused).toContain('"ConsultasFrenadas"');
    expect(refused).toContain('"Throttles"');
    expect(stage.resource('AWS::Logs::MetricFilter').Properties).toMatchObject({
      FilterPattern: '{ $.estado = "429" }',
      LogGroupName: { Ref: stage.resource('AWS::Logs::LogGroup', 'Entrada').id },
      MetricTransformations: [
        { MetricName: 'ConsultasFrenadas', MetricNamespace: `InventarioKLK/${ambiente}`, MetricValue: '1' },
      ],
    });
  });
});

describe.each(RUNNING)('the alarm topic of %s', (name) => {
  const stage = synthesized(name);
  const topic = { Ref: stage.resource('AWS::SNS::Topic').id };

  it('accepts alarms of its own account, over TLS only', () => {
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

  it('sends mail to every address of the context', () => {
    const mails = stage.resources('AWS::SNS::Subscription').map(({ Properties }) => Properties);
    const expected = name === 'produccion' ? ['operaciones', 'sistemas'] : ['operaciones'];
    expect(mails).toMatchObject(
      expected.map((user) => ({ Protocol: 'email', Endpoint: `${user}@example.com`, TopicArn: topic })),
    );
  });
});
