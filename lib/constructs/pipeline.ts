import type { Schedule as Times } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { pipelineMetrics } from '../metrics.ts';
import type { PipelineMetrics } from '../metrics.ts';
import { PipelineFunction } from './pipeline-function.ts';
import type { PipelineFunctionProps } from './pipeline-function.ts';
import { Schedule } from './schedule.ts';

/** A pipeline's Lambda, its schedule and its metrics. */
export interface Pipeline {
  readonly lambda: PipelineFunction;
  readonly schedule: Schedule;
  readonly metrics: PipelineMetrics;
}

export interface PipelineProps extends Omit<PipelineFunctionProps, 'metrics'> {
  readonly ambiente: string;
  readonly times: Times;
  readonly scheduleEnabled: boolean;
}

/** @throws ContextError when the stage gives it too little memory or too much time. */
export function createPipeline(
  scope: Construct,
  { ambiente, times, scheduleEnabled, ...props }: PipelineProps,
): Pipeline {
  const { lambdaId, scheduleId, service, rule } = props.definition;
  const metrics = pipelineMetrics(ambiente, service);
  const lambda = new PipelineFunction(scope, lambdaId, { ...props, metrics });
  const schedule = new Schedule(scope, scheduleId, {
    description: rule,
    times,
    function: lambda.function,
    enabled: scheduleEnabled,
  });
  return { lambda, schedule, metrics };
}
