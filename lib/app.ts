import { App, Validations } from 'aws-cdk-lib';
import type { AppProps } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { ConsultasStack } from './consultas-stack.ts';
import { parseContext } from './context.ts';
import { InventarioKlkStack } from './inventario-klk-stack.ts';
import { STAGES } from './stages.ts';

/**
 * The app of the stage that the context names, with the API's stack if the context asks for it. Synthesis fails on any finding of the rule packs.
 * @throws ContextError
 */
export function createApp(props: AppProps = {}): App {
  const app = new App(props);
  const context = parseContext(app.node.getAllContext());
  const stage = STAGES[context.ambiente];
  const inventory = new InventarioKlkStack(app, `inventario-klk-${context.ambiente}`, stage, context);
  if (context.consultas === 'si') {
    // CloudFormation may create only resources whose names begin with inventario-klk- (cloudformation-policy.json).
    new ConsultasStack(app, `inventario-klk-consultas-${context.ambiente}`, { inventory, stage, context });
  }
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  return app;
}
