import { Duration } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, LogQueryWidget, PeriodOverride } from 'aws-cdk-lib/aws-cloudwatch';
import type { IMetric, IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { INTERVALO_MINUTOS } from '../../lambdas/core/config/contract.ts';
import { databaseMetric, waitingMessages } from '../metrics.ts';
import type { Migration } from './migration.ts';
import type { Pipeline } from './pipeline.ts';

export interface DashboardProps {
  readonly name: string;
  readonly inventory: Pipeline;
  /** Undefined when the stage has no sales pipeline. */
  readonly sales: Pipeline | undefined;
  readonly migration: Migration;
  readonly databaseId: string;
}

const PERIOD = Duration.minutes(INTERVALO_MINUTOS);
const COLUMNS = 24;
const SALES = 'Ventas · ';

/** Creates the dashboard of the pipelines: runs, stores, failures, queues, database. */
export function createDashboard(scope: Construct, props: DashboardProps): Dashboard {
  const { inventory, sales, migration, databaseId } = props;
  return new Dashboard(scope, 'Tablero', {
    dashboardName: props.name,
    defaultInterval: Duration.days(1),
    periodOverride: PeriodOverride.INHERIT,
    widgets: [
      runs(inventory),
      stores(inventory),
      failures(inventory, '', [waitingMessages(migration.failures).with({ label: 'Mantenimiento fallido' })]),
      ...(sales === undefined ? [] : [runs(sales, SALES), slices(sales), failures(sales, SALES)]),
      database(databaseId),
    ],
  });
}

function runs({ metrics, lambda }: Pipeline, prefix = ''): IWidget[] {
  const limit = { value: lambda.timeout.toMilliseconds(), label: 'Límite' };
  return row(
    graph(`${prefix}Ejecuciones`, [
      lambda.function.metricInvocations({ period: PERIOD, label: 'Ejecuciones' }),
      lambda.function.metricErrors({ period: PERIOD, label: 'Con error' }),
      lambda.function.metricThrottles({ period: PERIOD, label: 'Frenadas' }),
      metrics.metric('cargaProgramada', 'Sum', PERIOD).with({ label: 'Programadas con carga' }),
      metrics.metric('programadaFallida', 'Sum', PERIOD).with({ label: 'Programadas fallidas' }),
    ]),
    new GraphWidget({
      title: `${prefix}Duración frente al límite (ms)`,
      left: [lambda.function.metricDuration({ period: PERIOD, statistic: 'Maximum', label: 'Duración' })],
      leftAnnotations: [limit],
      width: COLUMNS / 3,
    }),
    graph(`${prefix}Tiendas`, [
      metrics.metric('tiendasCargadas', 'Minimum', PERIOD).with({ label: 'Cargadas' }),
      metrics.metric('tiendasFallidas', 'Maximum', PERIOD).with({ label: 'Fallidas' }),
    ]),
  );
}

function stores({ metrics }: Pipeline): IWidget[] {
  return row(
    graph('Artículos por tienda', [metrics.byStore('articulos', PERIOD)]),
    graph('Antigüedad por tienda (s)', [metrics.byStore('antiguedad', PERIOD)]),
    graph('Filas rechazadas', [metrics.metric('rechazados', 'Sum', PERIOD)]),
  );
}

function slices({ metrics }: Pipeline): IWidget[] {
  return row(
    graph(`${SALES}Días incompletos`, [metrics.metric('diasIncompletos', 'Maximum', PERIOD)]),
    graph(`${SALES}Tramos sin leer`, [
      metrics.metric('tramosFallidos', 'Maximum', PERIOD).with({ label: 'Fallidos' }),
      metrics.metric('tramosPendientes', 'Maximum', PERIOD).with({ label: 'Pendientes' }),
    ]),
    graph(`${SALES}Líneas`, [
      metrics.metric('lineasNuevas', 'Sum', PERIOD).with({ label: 'Nuevas' }),
      metrics.metric('rechazados', 'Sum', PERIOD).with({ label: 'Rechazadas' }),
    ]),
  );
}

/** Failures by code, and the pipeline's queues together with `queues`. */
function failures({ lambda, schedule }: Pipeline, prefix: string, queues: IMetric[] = []): IWidget[] {
  return row(
    new LogQueryWidget({
      title: `${prefix}Fallos por código`,
      logGroupNames: [lambda.logGroup.logGroupName],
      queryLines: [
        'filter level = "ERROR" and ispresent(codigo)',
        'stats count(*) as fallos by codigo',
        'sort fallos desc',
      ],
      width: (COLUMNS * 2) / 3,
    }),
    graph(`${prefix}Colas`, [
      waitingMessages(schedule.undelivered).with({ label: 'Eventos sin entregar' }),
      waitingMessages(lambda.failures).with({ label: 'Ejecuciones fallidas' }),
      ...queues,
    ]),
  );
}

export function database(databaseId: string): IWidget[] {
  const rds = (metricName: string, statistic: string): IMetric =>
    databaseMetric(databaseId, metricName, statistic);
  return row(
    graph('Base: procesador (%)', [rds('CPUUtilization', 'Maximum')]),
    graph('Base: conexiones', [rds('DatabaseConnections', 'Maximum')]),
    graph('Base: espacio libre (bytes)', [rds('FreeStorageSpace', 'Minimum')]),
  );
}

export const row = (...widgets: IWidget[]): IWidget[] => widgets;

export const graph = (title: string, left: IMetric[]): GraphWidget =>
  new GraphWidget({ title, left, width: COLUMNS / 3 });
