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

describe('the retention of the history', () => {
  it('is done daily by the migration Lambda, which alone knows it', () => {
    const template = synthesize(24);
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 day)',
      Targets: [{ Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Migraciones'), 'Arn'] } }],
    });
    const told = template.findResources('AWS::Lambda::Function', {
      Properties: { Environment: { Variables: { ETL_RETENCION_MESES: '24' } } },
    });
    expect(Object.keys(told)).toEqual([expect.stringMatching(/^Migraciones/)]);
  });

  it('keeps everything unless the stage says otherwise', () => {
    const rules = synthesize(undefined).findResources('AWS::Events::Rule');
    expect(Object.values(rules)).toEqual([
      expect.objectContaining({
        Properties: expect.objectContaining({ ScheduleExpression: 'rate(30 minutes)' }),
      }),
    ]);
  });

  it.each(RUNNING)('is decided in %s, not left to whoever runs out of disk', (name) => {
    const { Properties } = synthesized(name).resource('AWS::Lambda::Function', 'Migraciones');
    expect(Properties).toMatchObject({
      Environment: { Variables: { ETL_RETENCION_MESES: String(STAGES[name].historyMonths) } },
    });
    expect(STAGES[name].historyMonths).toBeGreaterThan(0);
  });
});
