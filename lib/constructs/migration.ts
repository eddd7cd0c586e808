import { Duration, Validations } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Trigger } from 'aws-cdk-lib/triggers';
import { Construct } from 'constructs';
import { ENV } from '../../lambdas/core/config/contract.ts';
import { VENTAS } from '../pipelines.ts';
import type { Stage } from '../stages.ts';
import { evidenceQueue } from './evidence-queue.ts';
import type { Foundation } from './foundation.ts';
import { PrivateFunction } from './private-function.ts';

export interface MigrationProps {
  readonly foundation: Foundation;
  readonly stage: Stage;
  /** Whether the sales are deployed too: their partitions start at the stage's `ventasDesde`. */
  readonly withSales: boolean;
}

/** How long a deployment waits for the migrations. The Lambda times out a little earlier, so that its own error is shown. */
const DEPLOYMENT_WAITS = Duration.minutes(10);
const TIMEOUT = Duration.minutes(9);

/**
 * Applies the migrations at every deployment that changes the code or a migration; if they fail, the deployment fails. The same Lambda
 * runs daily: it creates the partitions of the coming months and drops the history older than the stage's retention.
 */
export class Migration extends Construct {
  /** Events of failed daily runs. */
  readonly failures: Queue;
  readonly #trigger: Trigger;

  constructor(scope: Construct, id: string, { foundation, stage, withSales }: MigrationProps) {
    super(scope, id);
    const { consultasSecret } = foundation;
    const lambda = new PrivateFunction(this, 'Lambda', {
      foundation,
      stage,
      description: 'Migraciones de la base del inventario',
      entry: 'lambdas/migraciones/handler.ts',
      folders: ['migrations'],
      memorySize: 256,
      timeout: TIMEOUT,
      environment: {
        [ENV.dbAdminSecretArn]: foundation.adminSecret.secretArn,
        [ENV.dbSecretArn]: foundation.pipelineSecret.secretArn,
        ...(consultasSecret !== undefined && { [ENV.consultasDbSecretArn]: consultasSecret.secretArn }),
        ...(stage.historyMonths !== undefined && { [ENV.retencionMeses]: String(stage.historyMonths) }),
        ...(withSales && VENTAS.environment(stage)),
      },
      secrets: [
        foundation.adminSecret,
        foundation.pipelineSecret,
        ...(consultasSecret === undefined ? [] : [consultasSecret]),
      ],
    });
    Validations.of(lambda.function).acknowledge({
      id: 'Serverless-LambdaDLQ',
      reason:
        'The deployment invokes it and waits for its answer; the daily event repeats itself the next day.',
    });
    this.#trigger = new Trigger(this, 'Disparo', {
      handler: lambda.function,
      timeout: DEPLOYMENT_WAITS,
      executeAfter: [foundation, lambda.securityGroup, lambda.logGroup],
    });
    this.failures = evidenceQueue(this, 'Fallidas');
    this.#runDaily(lambda.function);
  }

  /** A failed run is kept in the queue and repeated the next day: partitions are created three months ahead. */
  #runDaily(lambda: Function): void {
    lambda.configureAsyncInvoke({ retryAttempts: 0, onFailure: new SqsDestination(this.failures) });
    const rule = new Rule(this, 'Diaria', {
      description: 'Particiones y retención del histórico, cada día',
      schedule: Schedule.rate(Duration.days(1)),
      targets: [new LambdaFunction(lambda, { retryAttempts: 0, deadLetterQueue: this.failures })],
    });
    this.runBefore(rule);
  }

  /** Starts the migrations after these resources exist, as after the foundation. */
  runAfter(...scopes: Construct[]): void {
    this.#trigger.executeAfter(...scopes);
  }

  /** Creates and changes these resources only after the migrations have succeeded. */
  runBefore(...scopes: Construct[]): void {
    this.#trigger.executeBefore(...scopes);
  }
}
