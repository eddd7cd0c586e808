import { SecretValue, Validations } from 'aws-cdk-lib';
import { SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { DatabaseSecret } from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { DATABASE_NAME, DATABASE_PORT, createDatabase } from './database.ts';
import type { Foundation } from './foundation.ts';

/** A network, a database and secrets of the stack's own. */
export class CreatedFoundation extends Construct implements Foundation {
  readonly vpc: IVpc;
  readonly subnets: SubnetSelection = { subnetType: SubnetType.PRIVATE_WITH_EGRESS };
  readonly databaseSecurityGroup: ISecurityGroup;
  readonly databasePort = DATABASE_PORT;
  readonly databaseId: string;
  readonly pipelineSecret: ISecret;
  readonly adminSecret: ISecret;
  readonly klkSecret: ISecret;
  readonly secretsKeyArn = undefined;

  /**
   * `klkBaseUrl` is the content of KLK's secret. A person may edit it afterwards; a deployment with another address writes it again.
   * `azs` are the zones of the network: not every zone takes a Lambda, and which one does not differs by account. Undefined: the first two.
   */
  constructor(scope: Construct, id: string, klkBaseUrl: string, azs: readonly string[] | undefined) {
    super(scope, id);
    this.vpc = this.#createVpc(azs);
    this.databaseSecurityGroup = new SecurityGroup(this, 'BaseDeDatosSg', {
      vpc: this.vpc,
      description: 'Base de datos del inventario',
      allowAllOutbound: false,
    });
    const database = createDatabase(this, this.vpc, this.databaseSecurityGroup);
    this.databaseId = database.instanceIdentifier;
    if (database.secret === undefined) throw new TypeError('RDS manages the password, so there is a secret');
    this.adminSecret = database.secret;
    const pipelineSecret = new DatabaseSecret(this, 'SecretoEtl', {
      username: 'etl_klk',
      dbname: DATABASE_NAME,
    });
    this.pipelineSecret = pipelineSecret.attach(database);
    const klkSecret = new Secret(this, 'SecretoKlk', {
      description: 'Dirección de KLK: baseUrl, y headers si su pasarela los pide',
      secretStringValue: SecretValue.unsafePlainText(JSON.stringify({ baseUrl: klkBaseUrl })),
    });
    this.klkSecret = klkSecret;
    Validations.of(pipelineSecret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'The migration Lambda sets this password in the database at every deployment; a rotation would have to do the same.',
    });
    Validations.of(klkSecret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'An address and the headers of a gateway, which nothing on AWS can rotate.',
    });
  }

  #createVpc(azs: readonly string[] | undefined): Vpc {
    const vpc = new Vpc(this, 'Red', {
      ...(azs === undefined ? { maxAzs: 2 } : { availabilityZones: [...azs] }),
      natGateways: 1,
      subnetConfiguration: [
        { name: 'publica', subnetType: SubnetType.PUBLIC, mapPublicIpOnLaunch: false },
        { name: 'privada', subnetType: SubnetType.PRIVATE_WITH_EGRESS },
        { name: 'base', subnetType: SubnetType.PRIVATE_ISOLATED },
      ],
    });
    Validations.of(vpc).acknowledge({
      id: 'AwsSolutions-VPC7',
      reason:
        'A development network with two Lambdas and one database, whose security groups list every way in and out.',
    });
    return vpc;
  }
}
