import { Annotations, Duration, Stack } from 'aws-cdk-lib';
import { Schedule as Times } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { INTERVALO_MINUTOS } from '../lambdas/core/config/contract.ts';
import { Alarms } from './constructs/alarms.ts';
import { CreatedFoundation } from './constructs/created-foundation.ts';
import { createDashboard } from './constructs/dashboard.ts';
import type { Foundation } from './constructs/foundation.ts';
import { ImportedFoundation } from './constructs/imported-foundation.ts';
import { keepProviderLogs } from './constructs/log-group.ts';
import { Migration } from './constructs/migration.ts';
import { createAlarmTopic } from './constructs/notifications.ts';
import { printCommands } from './constructs/outputs.ts';
import { createPipeline } from './constructs/pipeline.ts';
import type { KlkAddress } from './constructs/pipeline-function.ts';
import { SavedQueries } from './constructs/saved-queries.ts';
import type { DeploymentContext } from './context.ts';
import { INVENTARIO } from './pipelines.ts';
import { requireRdsAuthorities } from './rds-authorities.ts';
import type { Stage } from './stages.ts';

/** KLK's usual port at an address without a host (RFC 5737), for a stage without a KLK. */
const DEFAULT_KLK_PORT = 7002;
const NOWHERE = '192.0.2.1/32';

/** The whole pipeline of one stage, in one stack. */
export class InventarioKlkStack extends Stack {
  /** @throws ContextError when the stage cannot work. */
  constructor(scope: Construct, id: string, stage: Stage, context: DeploymentContext) {
    super(scope, id, {
      env: { region: stage.region },
      description: `Inventario de KLK a PostgreSQL, ${context.ambiente}`,
      terminationProtection: stage.terminationProtection,
      tags: { proyecto: 'inventario-klk', ambiente: context.ambiente },
    });
    requireRdsAuthorities(stage.region);
    const klk: KlkAddress = { cidr: context.klkCidr, port: context.klkPuerto ?? DEFAULT_KLK_PORT };
    const scheduleEnabled = context.regla === 'activa' && klk.cidr !== undefined;

    const foundation = createFoundation(this, context, klk);
    const migration = new Migration(this, 'Migraciones', { foundation, stage });
    const inventory = createPipeline(this, {
      definition: INVENTARIO,
      foundation,
      stage,
      klk,
      ambiente: context.ambiente,
      times: Times.rate(Duration.minutes(INTERVALO_MINUTOS)),
      scheduleEnabled,
    });
    migration.runAfter(inventory.lambda.securityGroup);
    migration.runBefore(inventory.lambda.function, inventory.schedule.rule);

    const { databaseId } = foundation;
    const topic = createAlarmTopic(this, context.correos);
    new Alarms(this, 'Alarmas', {
      namePrefix: id,
      topic,
      inventory,
      scheduleEnabled,
      migration,
      databaseId,
      stage,
    });
    new SavedQueries(this, 'Consultas', { folder: id, logGroup: inventory.lambda.logGroup });
    const dashboard = createDashboard(this, { name: id, inventory, migration, databaseId });
    printCommands(this, inventory.lambda, dashboard);
    keepProviderLogs(this, stage);
    if (!scheduleEnabled) warnPaused(this, klk);
  }
}

function createFoundation(scope: Construct, context: DeploymentContext, klk: KlkAddress): Foundation {
  if (context.ambiente === 'produccion') return new ImportedFoundation(scope, 'Base', context);
  const [host = ''] = (klk.cidr ?? NOWHERE).split('/');
  return new CreatedFoundation(scope, 'Base', `http://${host}:${klk.port}`, context.azs);
}

function warnPaused(scope: Construct, { cidr }: KlkAddress): void {
  Annotations.of(scope).addWarningV2(
    'inventario-klk:pausado',
    cidr === undefined
      ? 'Sin klkCidr ni klkPuerto no hay a quién preguntar: se despliega con la regla apagada.'
      : 'regla=pausada: se despliega con la regla apagada, nada se carga solo.',
  );
}
