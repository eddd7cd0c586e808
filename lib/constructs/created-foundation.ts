import { SecretValue, Validations } from 'aws-cdk-lib';
import { SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { DatabaseSecret } from 'aws-cdk-lib/aws-rds';
import type { DatabaseInstance } from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { DATABASE_NAME, DATABASE_PORT, createDatabase } from './database.ts';
import type { Foundation } from './foundation.ts';

export interface CreatedFoundationOptions {
  /** The zones of the network; undefined means the first two. Some zones have no Lambda; which ones differs by account. */
  readonly azs: readonly string[] | undefined;
  /** Whether there is a database user of the queries. */
  readonly withConsultas: boolean;
}

/** A network, a database and secrets that the stack creates. */
export class CreatedFoundation extends Construct implements Foundation {
  readonly vpc: IVpc;
  readonly subnets: SubnetSelection = { subnetType: SubnetType.PRIVATE_WITH_EGRESS };
  readonly databaseSecurityGroup: ISecurityGroup;
  readonly databasePort = DATABASE_PORT;
  readonly databaseId: string;
  readonly pipelineSecret: ISecret;
  readonly adminSecret: ISecret;
  readonly klkSecret: ISecret;
  readonly consultasSecret: ISecret | undefined;
  readonly secretsKeyArn = undefined;

  /** `klkBaseUrl` is the content of KLK's secret. A person may edit it afterwards; a deployment with another address writes it again. */
  constructor(
    scope: Construct,
    id: string,
    klkBaseUrl: string,
    { azs, withConsultas }: CreatedFoundationOptions,
  ) {
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
    this.pipelineSecret = this.#createUserSecret('SecretoEtl', 'etl_klk', database);
    if (withConsultas) {
      this.consultasSecret = this.#createUserSecret('SecretoConsultas', 'consultas_klk', database);
    }
    const klkSecret = new Secret(this, 'SecretoKlk', {
      description: 'Dirección de KLK: baseUrl, y headers si su pasarela los pide',
      secretStringValue: SecretValue.unsafePlainText(JSON.stringify({ baseUrl: klkBaseUrl })),
    });
    this.klkSecret = klkSecret;
    Validations.of(klkSecret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'An address and the headers of a gateway, which nothing on AWS can rotate.',
    });
  }

  /** Name and password of a database user that the migration Lambda creates. */
  #createUserSecret(id: string, username: string, database: DatabaseInstance): ISecret {
    const secret = new DatabaseSecret(this, id, { username, dbname: DATABASE_NAME });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'The migration Lambda sets this password in the database at every deployment; a rotation would have to do the same.',
    });
    return secret.attach(database);
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
