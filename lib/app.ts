import { App, Validations } from 'aws-cdk-lib';
import type { AppProps } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { parseContext } from './context.ts';
import { InventarioKlkStack } from './inventario-klk-stack.ts';
import { STAGES } from './stages.ts';

/**
 * The app of the stage that the context names; synthesizing it fails on any finding of the rule packs.
 * @throws ContextError
 */
export function createApp(props: AppProps = {}): App {
  const app = new App(props);
  const context = parseContext(app.node.getAllContext());
  new InventarioKlkStack(app, `inventario-klk-${context.ambiente}`, STAGES[context.ambiente], context);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  return app;
}
