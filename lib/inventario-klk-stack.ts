import { Annotations, Duration, Stack } from 'aws-cdk-lib';
import { Schedule as Times } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { z } from 'zod';
import { DESFASE_VENTAS_MINUTOS, INTERVALO_MINUTOS } from '../lambdas/core/config/contract.ts';
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
import { ContextError } from './context.ts';
import type { DeploymentContext } from './context.ts';
import { INVENTARIO, VENTAS } from './pipelines.ts';
import { requireRdsAuthorities } from './rds-authorities.ts';
import type { Stage } from './stages.ts';

/** KLK's usual port at an address without a host (RFC 5737), for a stage without a KLK. */
const DEFAULT_KLK_PORT = 7002;
const NOWHERE = '192.0.2.1/32';

/** Both pipelines of one stage, or the inventory alone, in one stack. */
export class InventarioKlkStack extends Stack {
  readonly foundation: Foundation;

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
    this.foundation = foundation;
    const withSales = context.ventas === 'si';
    if (withSales) refuseBadDate(stage);
    const migration = new Migration(this, 'Migraciones', { foundation, stage, withSales });
    const shared = { foundation, stage, klk, ambiente: context.ambiente, scheduleEnabled };
    const inventory = createPipeline(this, {
      ...shared,
      definition: INVENTARIO,
      // A rate starts at any minute; with the sales the rules need fixed ones, so that the runs do not overlap.
      times: withSales ? everyInterval(0) : Times.rate(Duration.minutes(INTERVALO_MINUTOS)),
    });
    const sales = withSales
      ? createPipeline(this, { ...shared, definition: VENTAS, times: everyInterval(DESFASE_VENTAS_MINUTOS) })
      : undefined;
    for (const { lambda, schedule } of [inventory, ...(sales === undefined ? [] : [sales])]) {
      migration.runAfter(lambda.securityGroup);
      migration.runBefore(lambda.function, schedule.rule);
    }

    const { databaseId } = foundation;
    const topic = createAlarmTopic(this, context.correos);
    new Alarms(this, 'Alarmas', {
      namePrefix: id,
      topic,
      inventory,
      sales,
      scheduleEnabled,
      migration,
      databaseId,
      stage,
    });
    new SavedQueries(this, 'Consultas', {
      folder: id,
      inventory: inventory.lambda.logGroup,
      sales: sales?.lambda.logGroup,
    });
    const dashboard = createDashboard(this, { name: id, inventory, sales, migration, databaseId });
    printCommands(this, inventory.lambda, sales?.lambda, dashboard);
    keepProviderLogs(this, stage);
    if (!scheduleEnabled) warnPaused(this, klk);
  }
}

/** Refuses at synthesis what every run would refuse with `ConfiguracionInvalida`. */
function refuseBadDate({ ventasDesde }: Stage): void {
  if (ventasDesde === undefined || z.iso.date().safeParse(ventasDesde).success) return;
  throw new ContextError(
    `ventasDesde es ${ventasDesde} y debe ser una fecha, como 2025-11-01 (lib/stages.ts)`,
  );
}

/** Every interval, from this minute of the hour on. */
const everyInterval = (minute: number): Times => Times.cron({ minute: `${minute}/${INTERVALO_MINUTOS}` });

function createFoundation(scope: Construct, context: DeploymentContext, klk: KlkAddress): Foundation {
  if (context.ambiente === 'produccion') return new ImportedFoundation(scope, 'Base', context);
  const [host = ''] = (klk.cidr ?? NOWHERE).split('/');
  return new CreatedFoundation(scope, 'Base', `http://${host}:${klk.port}`, {
    azs: context.azs,
    withConsultas: context.consultas === 'si',
  });
}

function warnPaused(scope: Construct, { cidr }: KlkAddress): void {
  Annotations.of(scope).addWarningV2(
    'inventario-klk:pausado',
    cidr === undefined
      ? 'Sin klkCidr ni klkPuerto no hay a quién preguntar: se despliega con la regla apagada.'
      : 'regla=pausada: se despliega con la regla apagada, nada se carga solo.',
  );
}
