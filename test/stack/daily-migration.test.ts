import { App, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from '@jest/globals';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { parseContext } from '../../lib/context.ts';
import { InventarioKlkStack } from '../../lib/inventario-klk-stack.ts';
import { STAGES } from '../../lib/stages.ts';
import { RUNNING } from './stage-contexts.ts';
import { synthesized } from './synthesized.ts';

/** The stage `desarrollo` with this retention, without bundling its code. Fails on any finding of the rule packs. */
function synthesize(historyMonths: number | undefined): Template {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const stage = { ...STAGES.desarrollo, historyMonths };
  const context = parseContext({ ambiente: 'desarrollo' });
  const stack = new InventarioKlkStack(app, 'inventario-klk-desarrollo', stage, context);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  return Template.fromStack(stack);
}

/** The daily rule of a stage, and the migration Lambda that it invokes. */
const DAILY = {
  ScheduleExpression: 'rate(1 day)',
  State: 'ENABLED',
  Targets: [
    {
      Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Migraciones'), 'Arn'] },
      RetryPolicy: { MaximumRetryAttempts: 0 },
    },
  ],
};

describe.each(RUNNING)('the migration Lambda of %s', (name) => {
  const stage = synthesized(name);
  const rule = stage.resource('AWS::Events::Rule', 'Migraciones');
  const lambda = stage.resource('AWS::Lambda::Function', 'Migraciones');
  const failures = { 'Fn::GetAtt': [stage.resource('AWS::SQS::Queue', 'Migraciones').id, 'Arn'] };

  it('runs every day, by a rule of its own', () => {
    expect(rule.Properties).toMatchObject({
      ScheduleExpression: 'rate(1 day)',
      State: 'ENABLED',
      Targets: [{ Arn: { 'Fn::GetAtt': [lambda.id, 'Arn'] } }],
    });
    expect(stage.resource('AWS::Lambda::Permission', 'Migraciones').Properties).toMatchObject({
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': [lambda.id, 'Arn'] },
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [rule.id, 'Arn'] },
    });
  });

  it('keeps failed and undelivered events in one queue, and is not retried before the next day', () => {
    expect(rule.Properties).toMatchObject({
      Targets: [{ DeadLetterConfig: { Arn: failures }, RetryPolicy: { MaximumRetryAttempts: 0 } }],
    });
    expect(stage.resource('AWS::Lambda::EventInvokeConfig', 'Migraciones').Properties).toMatchObject({
      FunctionName: { Ref: lambda.id },
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: failures } },
    });
  });

  it('is the only one that is given the months of history to keep', () => {
    const told = stage
      .resources('AWS::Lambda::Function')
      .filter(({ Properties }) => JSON.stringify(Properties).includes('ETL_RETENCION_MESES'));
    expect(told.map(({ id }) => id)).toEqual([lambda.id]);
    expect(lambda.Properties).toMatchObject({
      Environment: { Variables: { ETL_RETENCION_MESES: String(STAGES[name].historyMonths) } },
    });
    expect(STAGES[name].historyMonths).toBeGreaterThan(0);
  });
});

it('Only the migration Lambda and the sales Lambda are given the first day of sales', () => {
  const told = synthesized('produccion').all.filter(({ Properties }) =>
    JSON.stringify(Properties).includes('ETL_VENTAS_DESDE'),
  );
  expect(told.map(({ id }) => id)).toEqual([
    expect.stringMatching(/^MigracionesLambdaFuncion/),
    expect.stringMatching(/^VentasLambdaFuncion/),
  ]);
  for (const { Properties } of told) {
    expect(Properties).toMatchObject({
      Environment: { Variables: { ETL_VENTAS_DESDE: STAGES.produccion.ventasDesde } },
    });
  }
});

describe('a stage that keeps all its history', () => {
  const template = synthesize(undefined);

  it('runs the migration Lambda every day too, for the partitions', () => {
    template.hasResourceProperties('AWS::Events::Rule', DAILY);
  });

  it('gives no number of months to keep, so that nothing is retired', () => {
    expect(JSON.stringify(template.toJSON())).not.toContain('ETL_RETENCION_MESES');
  });
});

it('A stage with a number of months to keep gives it to the migration Lambda', () => {
  const template = synthesize(24);
  template.hasResourceProperties('AWS::Events::Rule', DAILY);
  const told = template.findResources('AWS::Lambda::Function', {
    Properties: { Environment: { Variables: { ETL_RETENCION_MESES: '24' } } },
  });
  expect(Object.keys(told)).toEqual([expect.stringMatching(/^Migraciones/)]);
});

it('A stage whose loads are paused still runs its migration Lambda every day', () => {
  const { Properties } = synthesized('produccionPausada').resource('AWS::Events::Rule', 'Migraciones');
  expect(Properties).toMatchObject({ ScheduleExpression: 'rate(1 day)', State: 'ENABLED' });
});
