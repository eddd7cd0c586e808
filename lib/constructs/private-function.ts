import { fileURLToPath } from 'node:url';
import { Stack, Validations } from 'aws-cdk-lib';
import type { Duration } from 'aws-cdk-lib';
import { Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Architecture, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { NodejsFunctionProps } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Stage } from '../stages.ts';
import type { Foundation } from './foundation.ts';
import { createLogGroup } from './log-group.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Defines `require`, which bundled CommonJS packages (pg, the AWS SDK) call and ES modules lack. */
const REQUIRE = "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);";

/** The option of Node with which stack traces name the source's files and lines, not those of the bundle. */
export const SOURCE_MAPS = '--enable-source-maps';

export interface PrivateFunctionProps extends Pick<NodejsFunctionProps, 'reservedConcurrentExecutions'> {
  readonly foundation: Foundation;
  readonly stage: Pick<Stage, 'disposable' | 'logRetention'>;
  readonly description: string;
  /** Path from the project's root. */
  readonly entry: string;
  readonly memorySize: number;
  readonly timeout: Duration;
  readonly environment: Readonly<Record<string, string>>;
  /** The only secrets it may read. */
  readonly secrets: readonly ISecret[];
  /** Folders, by path from the project's root, that it reads at run time. */
  readonly folders?: readonly string[];
}

/** A Lambda in the private subnets. It may connect to the database and the APIs of AWS; a caller may allow more. */
export class PrivateFunction extends Construct {
  readonly function: NodejsFunction;
  readonly logGroup: LogGroup;
  readonly securityGroup: SecurityGroup;

  constructor(scope: Construct, id: string, props: PrivateFunctionProps) {
    super(scope, id);
    const { foundation, stage, folders = [] } = props;
    this.logGroup = createLogGroup(this, stage);
    this.securityGroup = new SecurityGroup(this, 'Sg', {
      vpc: foundation.vpc,
      description: props.description,
      allowAllOutbound: false,
    });
    this.securityGroup.connections.allowTo(
      foundation.databaseSecurityGroup,
      Port.tcp(foundation.databasePort),
      'PostgreSQL',
    );
    this.securityGroup.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'API de AWS');
    this.function = new NodejsFunction(this, 'Funcion', {
      description: props.description,
      entry: `${ROOT}${props.entry}`,
      depsLockFilePath: `${ROOT}package-lock.json`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memorySize,
      timeout: props.timeout,
      reservedConcurrentExecutions: props.reservedConcurrentExecutions,
      vpc: foundation.vpc,
      vpcSubnets: foundation.subnets,
      securityGroups: [this.securityGroup],
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      environment: { NODE_OPTIONS: SOURCE_MAPS, ...props.environment },
      bundling: {
        format: OutputFormat.ESM,
        banner: REQUIRE,
        mainFields: ['module', 'main'],
        bundleAwsSDK: true,
        keepNames: true,
        minify: true,
        sourceMap: true,
        sourcesContent: false,
        commandHooks: {
          beforeBundling: () => [],
          beforeInstall: () => [],
          afterBundling: (root, output) => folders.map((folder) => `cp -R "${root}/${folder}" "${output}"`),
        },
      },
    });
    for (const secret of props.secrets) secret.grantRead(this.function);
    if (foundation.secretsKeyArn !== undefined) this.#allowDecryption(foundation.secretsKeyArn);
    this.#acknowledge();
  }

  /** Allows the Lambda to decrypt with an imported key. `grantRead` relies on the key's policy, which may not name the Lambda. */
  #allowDecryption(keyArn: string): void {
    const service = `secretsmanager.${Stack.of(this).region}.amazonaws.com`;
    this.function.addToRolePolicy(
      new PolicyStatement({
        actions: ['kms:Decrypt'],
        resources: [keyArn],
        conditions: { StringEquals: { 'kms:ViaService': service } },
      }),
    );
  }

  #acknowledge(): void {
    const policy = (name: string): string =>
      `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/${name}]`;
    Validations.of(this.function).acknowledge(
      {
        id: policy('AWSLambdaBasicExecutionRole'),
        reason: 'Writing its log; what AWS maintains for that and nothing more.',
      },
      {
        id: policy('AWSLambdaVPCAccessExecutionRole'),
        reason:
          'Network interfaces in the VPC, whose actions know no narrower resource; what AWS maintains for that.',
      },
      {
        id: 'Serverless-LambdaTracing',
        reason:
          'One function and one database: the log carries the milliseconds of every phase and warehouse.',
      },
    );
  }
}
