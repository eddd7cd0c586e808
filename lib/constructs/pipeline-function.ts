import { Duration, Validations } from 'aws-cdk-lib';
import { Peer, Port } from 'aws-cdk-lib/aws-ec2';
import type { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import {
  CONCURRENCIA_POR_DEFECTO,
  ENV,
  INTERVALO_MINUTOS,
  MAX_BYTES_POR_DEFECTO,
} from '../../lambdas/core/config/contract.ts';
import { ContextError } from '../context.ts';
import type { PipelineMetrics } from '../metrics.ts';
import type { PipelineDefinition } from '../pipelines.ts';
import type { Stage } from '../stages.ts';
import { evidenceQueue } from './evidence-queue.ts';
import type { Foundation } from './foundation.ts';
import { PrivateFunction, SOURCE_MAPS } from './private-function.ts';

/** The address range and the port of KLK. */
export interface KlkAddress {
  /** Undefined when no connection to KLK is allowed. */
  readonly cidr: string | undefined;
  readonly port: number;
}

export interface PipelineFunctionProps {
  readonly definition: PipelineDefinition;
  readonly foundation: Foundation;
  readonly stage: Stage;
  readonly klk: KlkAddress;
  readonly metrics: PipelineMetrics;
}

/** The Lambda that loads the stores, and the queue with the events of failed scheduled runs. */
export class PipelineFunction extends Construct {
  readonly function: Function;
  readonly logGroup: LogGroup;
  readonly securityGroup: SecurityGroup;
  readonly timeout: Duration;
  /** Events of asynchronous invocations, such as scheduled runs, that failed or were throttled until too old. */
  readonly failures: Queue;

  /** @throws ContextError when the stage gives it too little memory or too much time. */
  constructor(
    scope: Construct,
    id: string,
    { definition, foundation, stage, klk, metrics }: PipelineFunctionProps,
  ) {
    super(scope, id);
    refuseLongTimeout(definition, stage);
    refuseSmallMemory(definition, stage);
    this.timeout = Duration.minutes(stage[definition.timeoutProp]);
    this.failures = evidenceQueue(this, 'Fallidas');
    const lambda = new PrivateFunction(this, 'Lambda', {
      foundation,
      stage,
      description: definition.description,
      entry: definition.entry,
      memorySize: stage[definition.memoryProp],
      timeout: this.timeout,
      reservedConcurrentExecutions: stage.reserveConcurrency ? 1 : undefined,
      environment: {
        ...stage.tunables,
        ...definition.environment(stage),
        [ENV.dbSecretArn]: foundation.pipelineSecret.secretArn,
        [ENV.klkSecretArn]: foundation.klkSecret.secretArn,
        [ENV.klkPuerto]: String(klk.port),
        NODE_OPTIONS: `${SOURCE_MAPS} --max-semi-space-size=${SEMI_SPACE_MB}`,
        POWERTOOLS_SERVICE_NAME: metrics.service,
        POWERTOOLS_METRICS_NAMESPACE: metrics.namespace,
      },
      secrets: [foundation.pipelineSecret, foundation.klkSecret],
    });
    if (klk.cidr !== undefined) {
      lambda.securityGroup.addEgressRule(Peer.ipv4(klk.cidr), Port.tcp(klk.port), 'KLK');
    }
    // A late or repeated run is not needed, because the next one loads the same: KLK has only the current stock, and missing sales are
    // asked for again.
    lambda.function.configureAsyncInvoke({
      retryAttempts: 0,
      maxEventAge: Duration.minutes(INTERVALO_MINUTOS / 2),
      onFailure: new SqsDestination(this.failures),
    });
    Validations.of(lambda.function).acknowledge({
      id: 'Serverless-LambdaDLQ',
      reason:
        'Failed runs go to the on-failure destination, which tells more; undelivered events to the dead-letter queue of the rule.',
    });
    this.function = lambda.function;
    this.logGroup = lambda.logGroup;
    this.securityGroup = lambda.securityGroup;
  }
}

/**
 * Size of V8's young generation: a run creates many objects and keeps few. With Node's 4 MB in 1,024 MB a run spends a third of its
 * processor time on garbage collection; with 16 MB a tenth, for 20 MB more of memory (docs/rendimiento.md).
 */
const SEMI_SPACE_MB = 16;

function refuseLongTimeout({ timeoutProp, maxTimeoutMinutes }: PipelineDefinition, stage: Stage): void {
  if (stage[timeoutProp] <= maxTimeoutMinutes) return;
  throw new ContextError(
    `${timeoutProp} es ${stage[timeoutProp]} y debe ser como mucho ${maxTimeoutMinutes}, para que termine antes de que empiece la otra ejecución (lib/stages.ts)`,
  );
}

/** Checks that the largest answers within the limits fit into the function's memory. */
function refuseSmallMemory({ memoryProp, memoryNeededMb }: PipelineDefinition, stage: Stage): void {
  const { tunables } = stage;
  const needed = memoryNeededMb(
    Number(tunables['KLK_MAX_BYTES'] ?? MAX_BYTES_POR_DEFECTO),
    Number(tunables['KLK_CONCURRENCIA'] ?? CONCURRENCIA_POR_DEFECTO),
  );
  if (stage[memoryProp] >= needed) return;
  throw new ContextError(
    `${memoryProp} es ${stage[memoryProp]} y KLK_MAX_BYTES y KLK_CONCURRENCIA pueden exigir ${needed}: bájelas o suba ${memoryProp} en lib/stages.ts`,
  );
}
