import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { InstanceClass, InstanceSize, InstanceType, SubnetType } from 'aws-cdk-lib/aws-ec2';
import type { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  CaCertificate,
  Credentials,
  DatabaseInstance,
  DatabaseInstanceEngine,
  PostgresEngineVersion,
  StorageType,
} from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';

export const DATABASE_NAME = 'inventario';
export const DATABASE_PORT = 5432;

/** The database of a development stage: small, encrypted, reachable from inside only, kept as a snapshot when removed. */
export function createDatabase(scope: Construct, vpc: IVpc, securityGroup: ISecurityGroup): DatabaseInstance {
  const database = new DatabaseInstance(scope, 'BaseDeDatos', {
    engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_16_13 }),
    // One of the three authorities that the Lambdas trust (lib/rds-authorities.ts).
    caCertificate: CaCertificate.RDS_CA_RSA2048_G1,
    instanceType: InstanceType.of(InstanceClass.T4G, InstanceSize.MICRO),
    storageType: StorageType.GP3,
    allocatedStorage: 20,
    maxAllocatedStorage: 100,
    storageEncrypted: true,
    vpc,
    vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
    securityGroups: [securityGroup],
    publiclyAccessible: false,
    port: DATABASE_PORT,
    databaseName: DATABASE_NAME,
    credentials: Credentials.fromUsername('migraciones'),
    manageMasterUserPassword: true,
    backupRetention: Duration.days(7),
    copyTagsToSnapshot: true,
    removalPolicy: RemovalPolicy.SNAPSHOT,
  });
  Validations.of(database).acknowledge(
    {
      id: 'AwsSolutions-RDS3',
      reason: 'A development stage needs no standby in another zone, which doubles the price.',
    },
    {
      id: 'AwsSolutions-RDS10',
      reason: 'cdk destroy must remove a development stage; its data stay as a snapshot.',
    },
    {
      id: 'AwsSolutions-RDS11',
      reason: 'Only two security groups reach the port; another number would hide it from nobody.',
    },
  );
  return database;
}
