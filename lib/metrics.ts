import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { DIMENSION_TIENDA, METRICAS } from '../lambdas/core/config/contract.ts';

/** The metrics of one pipeline of a stage. */
export interface PipelineMetrics {
  readonly namespace: string;
  readonly service: string;
  metric(name: keyof typeof METRICAS, statistic: string, period: Duration): Metric;
  /** One line for each store that has the metric. */
  byStore(name: 'articulos' | 'antiguedad', period: Duration): MathExpression;
}

/** The metrics of a pipeline. The namespace separates the stages of an account, the dimension `service` the pipelines of a stage. */
export function pipelineMetrics(ambiente: string, service: string): PipelineMetrics {
  const namespace = `InventarioKLK/${ambiente}`;
  return {
    namespace,
    service,
    metric: (name, statistic, period) =>
      new Metric({
        namespace,
        metricName: METRICAS[name],
        dimensionsMap: { service },
        statistic,
        period,
      }),
    byStore: (name, period) =>
      new MathExpression({
        expression: `SEARCH('{"${namespace}",service,${DIMENSION_TIENDA}} MetricName="${METRICAS[name]}"', 'Maximum', ${period.toSeconds()})`,
        usingMetrics: {},
        label: '',
        period,
      }),
  };
}

/** A metric of RDS about a database, in the period in which RDS measures. */
export const databaseMetric = (databaseId: string, metricName: string, statistic: string): Metric =>
  new Metric({
    namespace: 'AWS/RDS',
    metricName,
    dimensionsMap: { DBInstanceIdentifier: databaseId },
    statistic,
    period: Duration.minutes(5),
  });

/** The number of messages in a queue, in the period in which SQS counts them. */
export const waitingMessages = (queue: IQueue): Metric =>
  queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: 'Maximum' });
