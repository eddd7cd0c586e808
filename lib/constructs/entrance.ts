import type { Duration } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern } from 'aws-cdk-lib/aws-logs';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Stage } from '../stages.ts';
import { createLogGroup } from './log-group.ts';
import type { Issuer } from './issuer.ts';

/** One line of the access log. It names the reader by the issuer's id and the path without the query string. */
const LINE = {
  hora: '$context.requestTime',
  peticion: '$context.requestId',
  metodo: '$context.httpMethod',
  ruta: '$context.path',
  estado: '$context.status',
  ms: '$context.responseLatency',
  funcionMs: '$context.integrationLatency',
  bytes: '$context.responseLength',
  lector: '$context.authorizer.claims.sub',
  rechazo: '$context.authorizer.error',
  error: '$context.integrationErrorMessage',
};

const TOO_MANY_REQUESTS = '429';

export interface EntranceProps {
  readonly ambiente: string;
  readonly stage: Stage;
}

/** The HTTP API, with its authorizer, its limits and its access log. */
export class Entrance extends Construct {
  readonly api: HttpApi;
  readonly logGroup: LogGroup;
  /** Requests refused because there were too many. */
  readonly #refused: IMetric;

  constructor(scope: Construct, id: string, { ambiente, stage }: EntranceProps) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', {
      description: `Consultas del inventario, ${ambiente}`,
      createDefaultStage: false,
    });
    this.logGroup = createLogGroup(this, stage);
    new HttpStage(this, 'Etapa', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: {
        rateLimit: stage.consultas.requestsPerSecond,
        burstLimit: stage.consultas.burst,
      },
      accessLogSettings: {
        destination: new LogGroupLogDestination(this.logGroup),
        format: AccessLogFormat.custom(JSON.stringify(LINE)),
      },
    });
    this.#refused = this.logGroup
      .addMetricFilter('Frenadas', {
        filterPattern: FilterPattern.stringValue('$.estado', '=', TOO_MANY_REQUESTS),
        metricNamespace: `InventarioKLK/${ambiente}`,
        metricName: 'ConsultasFrenadas',
      })
      .metric({ statistic: 'Sum' });
  }

  /** Lets the function answer GET requests with a token of the issuer; other requests are refused. */
  serve(lambda: IFunction, { issuer, clientId }: Issuer): void {
    this.api.addRoutes({
      path: '/{proxy+}',
      methods: [HttpMethod.GET],
      integration: new HttpLambdaIntegration('Funcion', lambda),
      authorizer: new HttpJwtAuthorizer('Autorizador', issuer, { jwtAudience: [clientId] }),
    });
  }

  /** Requests that were refused because of the API's limits or because Lambda had no free execution. */
  throttles(lambda: IFunction, period: Duration): IMetric {
    return new MathExpression({
      expression: 'FILL(porApi, 0) + FILL(porLambda, 0)',
      usingMetrics: {
        porApi: this.#refused,
        porLambda: lambda.metricThrottles({ statistic: 'Sum' }),
      },
      label: 'Frenadas',
      period,
    });
  }
}
