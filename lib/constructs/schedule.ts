import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import type { Schedule as Times } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { INTERVALO_MINUTOS } from '../../lambdas/core/config/contract.ts';
import { evidenceQueue } from './evidence-queue.ts';

export interface ScheduleProps {
  readonly description: string;
  readonly times: Times;
  readonly function: IFunction;
  readonly enabled: boolean;
}

/** The rule that runs a pipeline at its times, and the queue of events that could not be delivered. */
export class Schedule extends Construct {
  readonly rule: Rule;
  readonly undelivered: Queue;

  constructor(scope: Construct, id: string, props: ScheduleProps) {
    super(scope, id);
    this.undelivered = evidenceQueue(this, 'SinEntregar');
    this.rule = new Rule(this, 'Regla', {
      description: props.description,
      schedule: props.times,
      enabled: props.enabled,
      targets: [
        new LambdaFunction(props.function, {
          deadLetterQueue: this.undelivered,
          maxEventAge: Duration.minutes(INTERVALO_MINUTOS / 2),
          retryAttempts: 3,
        }),
      ],
    });
  }
}
