import { Duration, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ENV } from '../../lambdas/core/config/contract.ts';
import type { ConsultasContext } from '../context-consultas.ts';
import type { Stage } from '../stages.ts';
import type { Foundation } from './foundation.ts';
import { PrivateFunction } from './private-function.ts';
import type { Issuer } from './issuer.ts';

export interface ConsultasFunctionProps {
  readonly foundation: Foundation;
  readonly stage: Stage;
  readonly issuer: Issuer;
  /** Names of the claims with role and stores; undefined means Cognito's. */
  readonly claims: Pick<ConsultasContext, 'oidcClaimRol' | 'oidcClaimTiendas'>;
}

/** The Lambda that answers the queries, as a database user that only reads. */
export function createConsultasFunction(
  scope: Construct,
  id: string,
  props: ConsultasFunctionProps,
): PrivateFunction {
  const { foundation, stage, issuer, claims } = props;
  const { memoryMb, timeoutSeconds, concurrency } = stage.consultas;
  const secret = foundation.consultasSecret;
  if (secret === undefined) throw new TypeError('a stage with queries has their secret');
  const lambda = new PrivateFunction(scope, id, {
    foundation,
    stage,
    description: 'Consultas del inventario y de las ventas',
    entry: 'lambdas/consultas/handler.ts',
    memorySize: memoryMb,
    timeout: Duration.seconds(timeoutSeconds),
    reservedConcurrentExecutions: stage.reserveConcurrency ? concurrency : undefined,
    environment: {
      [ENV.consultasDbSecretArn]: secret.secretArn,
      [ENV.consultasIssuer]: issuer.issuer,
      [ENV.consultasAudience]: issuer.clientId,
      ...(claims.oidcClaimRol !== undefined && { [ENV.consultasClaimRol]: claims.oidcClaimRol }),
      ...(claims.oidcClaimTiendas !== undefined && { [ENV.consultasClaimTiendas]: claims.oidcClaimTiendas }),
    },
    secrets: [secret],
  });
  Validations.of(lambda.function).acknowledge({
    id: 'Serverless-LambdaDLQ',
    reason: 'Whoever asks waits for the answer, and asks again if there is none.',
  });
  return lambda;
}
