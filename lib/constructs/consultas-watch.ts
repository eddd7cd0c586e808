import { Duration } from 'aws-cdk-lib';
import { Dashboard, PeriodOverride } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { QueryStringProps } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Stage } from '../stages.ts';
import type { AlarmDefinition } from './alarms.ts';
import { database, graph, row } from './dashboard.ts';
import type { Entrance } from './entrance.ts';

const STEP = Duration.minutes(5);

/** Failed answers in a step that are not yet an alarm; single ones are expected. */
const FAILURES = 2;

/** Slow steps in a row that are an alarm, so that a few cold starts are none. */
const SLOW_STEPS = 3;

/** Steps without another event that end an alarm. */
const QUIET_STEPS = 6;

export interface Watched {
  readonly entrance: Entrance;
  readonly function: IFunction;
  readonly stage: Pick<Stage, 'consultas'>;
}

/** The alarms of the queries: failing, slow, refused. */
export const defineConsultasAlarms = ({ entrance, function: lambda, stage }: Watched): AlarmDefinition[] => [
  {
    name: 'consultas-errores',
    meaning: `Más de ${FAILURES} consultas de ${STEP.toMinutes()} minutos terminaron en error: la página no puede mostrar datos, o no todos.`,
    metric: entrance.api.metricServerError({ period: STEP, statistic: 'Sum' }),
    threshold: FAILURES,
    evaluationPeriods: QUIET_STEPS,
    datapointsToAlarm: 1,
  },
  {
    name: 'consultas-lentas',
    meaning: `Durante ${SLOW_STEPS * STEP.toMinutes()} minutos una de cada veinte consultas tardó más de ${stage.consultas.slowMs / 1000} s.`,
    metric: entrance.api.metricLatency({ period: STEP, statistic: 'p95' }),
    threshold: stage.consultas.slowMs,
    evaluationPeriods: SLOW_STEPS,
  },
  {
    name: 'consultas-frenadas',
    meaning: 'Se rechazaron consultas por ser demasiadas a la vez, o Lambda no tuvo concurrencia libre.',
    metric: entrance.throttles(lambda, STEP),
    threshold: 0,
    evaluationPeriods: QUIET_STEPS,
    datapointsToAlarm: 1,
  },
];

/** Creates the dashboard of the API and its database. */
export function createConsultasDashboard(
  scope: Construct,
  {
    name,
    databaseId,
    entrance,
    function: lambda,
  }: Watched & { readonly name: string; readonly databaseId: string },
): Dashboard {
  const { api } = entrance;
  return new Dashboard(scope, 'Tablero', {
    dashboardName: name,
    defaultInterval: Duration.days(1),
    periodOverride: PeriodOverride.INHERIT,
    widgets: [
      row(
        graph('Consultas', [
          api.metricCount({ period: STEP, statistic: 'Sum', label: 'Consultas' }),
          api.metricClientError({ period: STEP, statistic: 'Sum', label: 'Rechazadas (4xx)' }),
          api.metricServerError({ period: STEP, statistic: 'Sum', label: 'Con error (5xx)' }),
          entrance.throttles(lambda, STEP),
        ]),
        graph('Tiempo de respuesta (ms)', [
          api.metricLatency({ period: STEP, statistic: 'p50', label: 'La mitad' }),
          api.metricLatency({ period: STEP, statistic: 'p95', label: 'El 95 %' }),
        ]),
        graph('Lambda a la vez', [
          lambda.metric('ConcurrentExecutions', { period: STEP, statistic: 'Maximum', label: 'A la vez' }),
        ]),
      ),
      database(databaseId),
    ],
  });
}

/** Saved queries of the access log. */
export const CONSULTAS_QUERIES: Readonly<Record<string, QueryStringProps>> = {
  'consultas-con-error': {
    fields: ['@timestamp', 'estado', 'ruta', 'ms', 'error', 'rechazo', 'peticion'],
    filterStatements: ['estado >= 500 or estado = 429'],
    sort: '@timestamp desc',
    limit: 200,
  },
  'consultas-lentas': {
    statsStatements: [
      'count(*) as consultas, pct(ms, 50) as mitad, pct(ms, 95) as p95, max(ms) as peor by ruta',
    ],
    sort: 'p95 desc',
  },
};
