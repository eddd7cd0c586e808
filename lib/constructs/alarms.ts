import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmProps, IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ANTIGUEDAD_MAXIMA_HORAS, INTERVALO_MINUTOS } from '../../lambdas/core/config/contract.ts';
import { databaseMetric, waitingMessages } from '../metrics.ts';
import type { Stage } from '../stages.ts';
import type { Migration } from './migration.ts';
import type { Pipeline } from './pipeline.ts';

export interface AlarmsProps {
  readonly namePrefix: string;
  readonly topic: Topic;
  readonly inventory: Pipeline;
  /** Undefined when the stage has no sales pipeline. */
  readonly sales: Pipeline | undefined;
  readonly scheduleEnabled: boolean;
  readonly migration: Migration;
  readonly databaseId: string;
  readonly stage: Stage;
}

const INTERVAL = Duration.minutes(INTERVALO_MINUTOS);

/** Intervals without a scheduled load until the alarm. They are evaluated in small steps, so that CloudWatch notices soon. */
const SILENT_INTERVALS = 2;
const SILENT_MINUTES = SILENT_INTERVALS * INTERVALO_MINUTOS;

/**
 * A run's metric counts for three intervals. The runs drift against CloudWatch's windows: one window may have two runs and the next none,
 * and with a single window an alarm would end and start again between two failed runs.
 */
const PER_RUN = { evaluationPeriods: 3, datapointsToAlarm: 1 };

/** Period of the metrics that Lambda and RDS measure continuously. */
const STEP = Duration.minutes(5);
const HOUR = Duration.hours(1);

const STALE = Duration.hours(ANTIGUEDAD_MAXIMA_HORAS);
const DURATION_PERCENT = 70;

/** The condition under which an alarm goes off. */
interface Condition extends Partial<AlarmProps> {
  readonly metric: IMetric;
  readonly threshold: number;
}

/** One alarm. `name` is the heading of its section in docs/operacion.md. */
export interface AlarmDefinition extends Condition {
  readonly name: string;
  readonly meaning: string;
}

/** The alarms of the pipelines, the migration Lambda and the database. */
export class Alarms extends Construct {
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.alarms = createAlarms(this, props, [
      ...ofInventory(props),
      ...(props.sales === undefined ? [] : ofSales(props.sales, props)),
      ...ofMigration(props),
      ...ofDatabase(props),
    ]);
  }
}

/** Creates alarms, which notify the topic when they go off and when they end. Missing data set none off, unless its definition says otherwise. */
export function createAlarms(
  scope: Construct,
  { namePrefix, topic }: Pick<AlarmsProps, 'namePrefix' | 'topic'>,
  definitions: readonly AlarmDefinition[],
): Alarm[] {
  const action = new SnsAction(topic);
  return definitions.map(({ name, meaning, ...definition }) => {
    const alarm = new Alarm(scope, name, {
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...definition,
      alarmName: `${namePrefix}-${name}`,
      alarmDescription: `${meaning} Abra docs/operacion.md, sección ${name}.`,
    });
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    return alarm;
  });
}

const seconds = (duration: Duration): number => duration.toSeconds();

/** A scheduled run failed to load a store. Not Lambda's own count of errors, which also counts an operator's invalid requests. */
const failed = ({ metrics }: Pipeline): Condition => ({
  metric: metrics.metric('programadaFallida', 'Maximum', INTERVAL),
  threshold: 0,
  ...PER_RUN,
});

/** No scheduled run loaded a store. While the rule is paused the state is OK, because actions run only when the state changes: it must be able to change once the rule is on again. */
const silent = ({ metrics }: Pipeline, scheduleEnabled: boolean): Condition => ({
  metric: metrics.metric('cargaProgramada', 'Sum', STEP),
  comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
  threshold: 1,
  evaluationPeriods: (SILENT_INTERVALS * seconds(INTERVAL)) / seconds(STEP),
  treatMissingData: scheduleEnabled ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
  actionsEnabled: scheduleEnabled,
});

/** A condition that only a run can end. Without runs the metric is missing, so missing data keep the last state. */
const lasting = (metric: IMetric, threshold: number, scheduleEnabled: boolean): Condition => ({
  metric,
  threshold,
  treatMissingData: scheduleEnabled ? TreatMissingData.IGNORE : TreatMissingData.NOT_BREACHING,
  actionsEnabled: scheduleEnabled,
});

const rejected = ({ metrics }: Pipeline, stage: Stage): Condition => ({
  metric: metrics.metric('rechazados', 'Maximum', INTERVAL),
  threshold: stage.rejectedRowsThreshold,
  ...PER_RUN,
});

/** Lambda throttled an event. It retries the event for a while, so half an hour without another one ends the alarm. */
const throttled = ({ lambda }: Pipeline): Condition => ({
  metric: lambda.function.metricThrottles({ period: STEP, statistic: 'Sum' }),
  threshold: 0,
  evaluationPeriods: seconds(INTERVAL) / seconds(STEP),
  datapointsToAlarm: 1,
});

const tooSlow = ({ lambda }: Pipeline, period: Duration): Condition => ({
  metric: lambda.function.metricDuration({ period, statistic: 'Maximum' }),
  threshold: (DURATION_PERCENT * lambda.timeout.toMilliseconds()) / 100,
});

const waiting = (queue: IQueue): Condition => ({ metric: waitingMessages(queue), threshold: 0 });

function ofInventory({ inventory, scheduleEnabled, stage }: AlarmsProps): AlarmDefinition[] {
  return [
    {
      name: 'ejecucion-fallida',
      meaning: 'Una ejecución programada terminó con error: alguna tienda, o todas, no quedaron cargadas.',
      ...failed(inventory),
    },
    {
      name: 'sin-cargas',
      meaning: `Ninguna ejecución programada cargó una tienda en ${SILENT_MINUTES} minutos: el inventario no avanza.`,
      ...silent(inventory, scheduleEnabled),
    },
    {
      name: 'inventario-antiguo',
      meaning: `El inventario de algún almacén tiene más de ${STALE.toHours()} horas.`,
      ...lasting(
        inventory.metrics.metric('antiguedadMaxima', 'Maximum', INTERVAL),
        seconds(STALE),
        scheduleEnabled,
      ),
    },
    {
      name: 'ejecucion-lenta',
      meaning: `Una ejecución tardó más del ${DURATION_PERCENT} % de su límite de ${inventory.lambda.timeout.toMinutes()} minutos.`,
      ...tooSlow(inventory, INTERVAL),
      ...PER_RUN,
    },
    {
      name: 'filas-rechazadas',
      meaning: `KLK entregó más de ${stage.rejectedRowsThreshold} filas ilegibles en una ejecución; esos artículos conservan su valor anterior.`,
      ...rejected(inventory, stage),
    },
    {
      name: 'funcion-frenada',
      meaning: 'Lambda no tuvo concurrencia libre para empezar una ejecución.',
      ...throttled(inventory),
    },
    {
      // Also runs that published no metric: out of memory, timed out, badly configured, or throttled until too old.
      name: 'ejecuciones-sin-revisar',
      meaning: 'En la cola de fallidas hay ejecuciones programadas que nadie ha revisado.',
      ...waiting(inventory.lambda.failures),
    },
    {
      name: 'eventos-sin-entregar',
      meaning: 'EventBridge no pudo entregar una ejecución programada a la función.',
      ...waiting(inventory.schedule.undelivered),
    },
  ];
}

function ofSales(sales: Pipeline, { scheduleEnabled, stage }: AlarmsProps): AlarmDefinition[] {
  return [
    {
      name: 'ventas-ejecucion-fallida',
      meaning:
        'Una ejecución programada de ventas terminó con error: de alguna tienda, o de todas, no se leyó lo que tocaba.',
      ...failed(sales),
    },
    {
      name: 'ventas-sin-cargas',
      meaning: `Ninguna ejecución programada de ventas leyó una tienda en ${SILENT_MINUTES} minutos: las ventas de hoy no avanzan.`,
      ...silent(sales, scheduleEnabled),
    },
    {
      name: 'ventas-dia-incompleto',
      meaning:
        'Pasadas las 06:00 falta leer, entero o en parte, uno de los últimos 35 días de alguna tienda.',
      ...lasting(sales.metrics.metric('diasIncompletos', 'Maximum', INTERVAL), 0, scheduleEnabled),
    },
    {
      name: 'ventas-ejecucion-lenta',
      meaning: `En cada hora del último día alguna ejecución de ventas tardó más del ${DURATION_PERCENT} % de su límite de ${sales.lambda.timeout.toMinutes()} minutos: hay más que leer que tiempo.`,
      // A backfill uses all the time of its runs for hours, which is no fault: the alarm needs a whole day.
      ...tooSlow(sales, HOUR),
      evaluationPeriods: Duration.days(1).toHours(),
    },
    {
      name: 'ventas-lineas-rechazadas',
      meaning: `KLK entregó más de ${stage.rejectedRowsThreshold} líneas de venta ilegibles en una ejecución; esas líneas no se cargaron o conservan su valor anterior.`,
      ...rejected(sales, stage),
    },
    {
      name: 'ventas-funcion-frenada',
      meaning: 'Lambda no tuvo concurrencia libre para empezar una ejecución de ventas.',
      ...throttled(sales),
    },
    {
      name: 'ventas-ejecuciones-sin-revisar',
      meaning: 'En la cola de fallidas hay ejecuciones programadas de ventas que nadie ha revisado.',
      ...waiting(sales.lambda.failures),
    },
    {
      name: 'ventas-eventos-sin-entregar',
      meaning: 'EventBridge no pudo entregar una ejecución programada de ventas a la función.',
      ...waiting(sales.schedule.undelivered),
    },
  ];
}

function ofMigration({ migration }: AlarmsProps): AlarmDefinition[] {
  return [
    {
      name: 'mantenimiento-fallido',
      meaning: 'La tarea diaria de la base falló: no crea particiones ni retira lo viejo del histórico.',
      ...waiting(migration.failures),
    },
  ];
}

function ofDatabase({ databaseId, stage }: AlarmsProps): AlarmDefinition[] {
  const metric = (name: string, statistic: string): IMetric => databaseMetric(databaseId, name, statistic);
  return [
    {
      name: 'base-sin-espacio',
      meaning: `A la base le quedan menos de ${stage.databaseFreeBytes / 1e9} GB, o RDS no dice cuánto le queda.`,
      metric: metric('FreeStorageSpace', 'Minimum'),
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: stage.databaseFreeBytes,
      evaluationPeriods: 3,
      // A database that is stopped or has a wrong identifier has no metrics: without this no alarm of it would go off.
      treatMissingData: TreatMissingData.BREACHING,
    },
    {
      name: 'base-procesador',
      meaning: `El procesador de la base lleva 15 minutos por encima del ${stage.databaseCpuPercent} %.`,
      metric: metric('CPUUtilization', 'Average'),
      threshold: stage.databaseCpuPercent,
      evaluationPeriods: 3,
    },
    {
      name: 'base-conexiones',
      meaning: `La base tiene más de ${stage.databaseConnections} conexiones abiertas; si se agotan, nadie más entra.`,
      metric: metric('DatabaseConnections', 'Maximum'),
      threshold: stage.databaseConnections,
      evaluationPeriods: 3,
      datapointsToAlarm: 1,
    },
  ];
}
