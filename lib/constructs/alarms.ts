import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmProps, IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { ANTIGUEDAD_MAXIMA_HORAS, INTERVALO_MINUTOS } from '../../lambdas/inventario-klk/contract.ts';
import type { PipelineMetrics } from '../metrics.ts';
import type { Stage } from '../stages.ts';
import type { InventoryFunction } from './inventory-function.ts';
import type { Schedule } from './schedule.ts';

export interface AlarmsProps {
  readonly namePrefix: string;
  readonly topic: Topic;
  readonly metrics: PipelineMetrics;
  readonly inventory: InventoryFunction;
  readonly schedule: Schedule;
  readonly scheduleEnabled: boolean;
  readonly stage: Stage;
}

const INTERVAL = Duration.minutes(INTERVALO_MINUTOS);

/** An alarm needs this many intervals without a scheduled load; looked at in small steps, or CloudWatch would notice far later. */
const SILENT_INTERVALS = 2;
const SILENCE_STEP = Duration.minutes(5);

const STALE = Duration.hours(ANTIGUEDAD_MAXIMA_HORAS);
const DURATION_SHARE = 0.7;

/** One of the alarms. `name` is the heading of its section in docs/operacion.md. */
interface Definition extends Partial<AlarmProps> {
  readonly name: string;
  readonly meaning: string;
  readonly metric: IMetric;
  readonly threshold: number;
}

/** What wakes people up: failure, silence, staleness, events without a Lambda, slowness, and bad rows. */
export class Alarms extends Construct {
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const action = new SnsAction(props.topic);
    this.alarms = definitions(props).map(({ name, meaning, ...definition }) => {
      const alarm = new Alarm(this, name, {
        evaluationPeriods: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
        ...definition,
        alarmName: `${props.namePrefix}-${name}`,
        alarmDescription: `${meaning} Abra docs/operacion.md, sección ${name}.`,
      });
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
      return alarm;
    });
  }
}

function definitions({ metrics, inventory, schedule, scheduleEnabled, stage }: AlarmsProps): Definition[] {
  const seconds = (duration: Duration): number => duration.toSeconds();
  return [
    {
      name: 'ejecucion-fallida',
      meaning: 'Una ejecución terminó con error: alguna tienda, o todas, no quedaron cargadas.',
      metric: inventory.function.metricErrors({ period: INTERVAL, statistic: 'Sum' }),
      threshold: 0,
    },
    {
      name: 'sin-cargas',
      meaning: `Ninguna ejecución programada cargó una tienda en ${SILENT_INTERVALS * INTERVALO_MINUTOS} minutos: el inventario no avanza.`,
      metric: metrics.metric('cargaProgramada', 'Sum', SILENCE_STEP),
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: 1,
      evaluationPeriods: (SILENT_INTERVALS * seconds(INTERVAL)) / seconds(SILENCE_STEP),
      // While paused it rests in OK: actions only run on a change of state, and it has to change once the rule is on again.
      treatMissingData: scheduleEnabled ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
      actionsEnabled: scheduleEnabled,
    },
    {
      name: 'inventario-antiguo',
      meaning: `El inventario de algún almacén tiene más de ${STALE.toHours()} horas.`,
      metric: metrics.metric('antiguedadMaxima', 'Maximum', INTERVAL),
      threshold: seconds(STALE),
      // Without runs nobody measures the age, which only grows: the last word stands.
      treatMissingData: scheduleEnabled ? TreatMissingData.IGNORE : TreatMissingData.NOT_BREACHING,
      actionsEnabled: scheduleEnabled,
    },
    {
      name: 'eventos-sin-entregar',
      meaning: 'EventBridge no pudo entregar una ejecución programada a la función.',
      metric: schedule.undelivered.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(5),
        statistic: 'Maximum',
      }),
      threshold: 0,
    },
    {
      name: 'ejecucion-lenta',
      meaning: `Una ejecución tardó más del ${DURATION_SHARE * 100} % de su límite de ${stage.timeoutMinutes} minutos.`,
      metric: inventory.function.metricDuration({ period: INTERVAL, statistic: 'Maximum' }),
      threshold: DURATION_SHARE * inventory.timeout.toMilliseconds(),
    },
    {
      name: 'filas-rechazadas',
      meaning: `KLK entregó más de ${stage.rejectedRowsThreshold} filas ilegibles en una ejecución; esos artículos conservan su valor anterior.`,
      metric: metrics.metric('rechazados', 'Maximum', INTERVAL),
      threshold: stage.rejectedRowsThreshold,
    },
  ];
}
