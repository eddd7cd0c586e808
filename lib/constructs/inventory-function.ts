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
  memoryNeededMb,
  SERVICIO,
} from '../../lambdas/core/config/contract.ts';
import { ContextError } from '../context.ts';
import type { Stage } from '../stages.ts';
import { evidenceQueue } from './evidence-queue.ts';
import type { Foundation } from './foundation.ts';
import { PrivateFunction, SOURCE_MAPS } from './private-function.ts';

/** Where KLK is, as the network sees it. */
export interface KlkAddress {
  /** Undefined: nothing is opened towards KLK. */
  readonly cidr: string | undefined;
  readonly port: number;
}

export interface InventoryFunctionProps {
  readonly foundation: Foundation;
  readonly stage: Stage;
  readonly klk: KlkAddress;
  readonly metricsNamespace: string;
}

/** The Lambda that loads the stores, and the queue that keeps what was said of every failed scheduled run. */
export class InventoryFunction extends Construct {
  readonly function: Function;
  readonly logGroup: LogGroup;
  readonly securityGroup: SecurityGroup;
  readonly timeout: Duration;
  /** Evidence of asynchronous calls, and so of scheduled runs: of what failed, in whatever way, and of what was throttled until too old. */
  readonly failures: Queue;

  constructor(
    scope: Construct,
    id: string,
    { foundation, stage, klk, metricsNamespace }: InventoryFunctionProps,
  ) {
    super(scope, id);
    this.timeout = Duration.minutes(stage.timeoutMinutes);
    refuseLongTimeout(stage.timeoutMinutes);
    refuseSmallMemory(stage);
    this.failures = evidenceQueue(this, 'Fallidas');
    const lambda = new PrivateFunction(this, 'Lambda', {
      foundation,
      stage,
      description: 'Inventario de KLK a PostgreSQL',
      entry: 'lambdas/inventario-klk/handler.ts',
      memorySize: stage.memoryMb,
      timeout: this.timeout,
      reservedConcurrentExecutions: stage.reserveConcurrency ? 1 : undefined,
      environment: {
        ...stage.tunables,
        [ENV.dbSecretArn]: foundation.pipelineSecret.secretArn,
        [ENV.klkSecretArn]: foundation.klkSecret.secretArn,
        [ENV.klkPuerto]: String(klk.port),
        NODE_OPTIONS: `${SOURCE_MAPS} --max-semi-space-size=${SEMI_SPACE_MB}`,
        POWERTOOLS_SERVICE_NAME: SERVICIO,
        POWERTOOLS_METRICS_NAMESPACE: metricsNamespace,
      },
      secrets: [foundation.pipelineSecret, foundation.klkSecret],
    });
    if (klk.cidr !== undefined) {
      lambda.securityGroup.addEgressRule(Peer.ipv4(klk.cidr), Port.tcp(klk.port), 'KLK');
    }
    // KLK only knows "now": a late or repeated run brings nothing that the next one does not bring.
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
 * Room for young objects, of which a run makes many and keeps few. With the 4 MB that Node takes in 1,024 MB a run spends a third of its processor time on collecting
 * them; with 16 MB a tenth, for 20 MB more of memory (docs/rendimiento.md).
 */
const SEMI_SPACE_MB = 16;

function refuseLongTimeout(minutes: number): void {
  if (minutes <= INTERVALO_MINUTOS / 2) return;
  throw new ContextError(
    `timeoutMinutes es ${minutes} y debe ser como mucho la mitad del intervalo, ${INTERVALO_MINUTOS / 2} (lib/stages.ts)`,
  );
}

/** Answers that the limits admit must not be able to kill the function. */
function refuseSmallMemory({ memoryMb, tunables }: Stage): void {
  const needed = memoryNeededMb(
    Number(tunables['KLK_MAX_BYTES'] ?? MAX_BYTES_POR_DEFECTO),
    Number(tunables['KLK_CONCURRENCIA'] ?? CONCURRENCIA_POR_DEFECTO),
  );
  if (memoryMb >= needed) return;
  throw new ContextError(
    `memoryMb es ${memoryMb} y KLK_MAX_BYTES y KLK_CONCURRENCIA pueden exigir ${needed}: bájelas o suba memoryMb en lib/stages.ts`,
  );
}
