import { Validations } from 'aws-cdk-lib';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { ProduccionContext } from '../context.ts';
import type { Foundation } from './foundation.ts';

/** The chain's existing network, database and secrets, imported by id: no lookup, no change. */
export class ImportedFoundation extends Construct implements Foundation {
  readonly vpc: IVpc;
  readonly subnets: SubnetSelection;
  readonly databaseSecurityGroup: ISecurityGroup;
  readonly databasePort: number;
  readonly databaseId: string;
  readonly pipelineSecret: ISecret;
  readonly adminSecret: ISecret;
  readonly klkSecret: ISecret;
  readonly consultasSecret: ISecret | undefined;
  readonly secretsKeyArn: string | undefined;

  constructor(scope: Construct, id: string, context: ProduccionContext) {
    super(scope, id);
    this.vpc = Vpc.fromVpcAttributes(this, 'Red', {
      vpcId: context.vpcId,
      availabilityZones: context.azs,
      privateSubnetIds: context.subnetIds,
    });
    Validations.of(this.vpc).acknowledge({
      id: '@aws-cdk/aws-ec2:noSubnetRouteTableId',
      reason: 'Nothing here routes: the Lambdas only join the subnets.',
    });
    this.subnets = { subnets: this.vpc.privateSubnets };
    this.databaseSecurityGroup = SecurityGroup.fromSecurityGroupId(
      this,
      'BaseDeDatosSg',
      context.dbSecurityGroupId,
    );
    this.databasePort = context.dbPuerto;
    this.databaseId = context.dbInstanceId;
    this.pipelineSecret = Secret.fromSecretCompleteArn(this, 'SecretoEtl', context.dbSecretArn);
    this.adminSecret = Secret.fromSecretCompleteArn(this, 'SecretoMigraciones', context.dbAdminSecretArn);
    this.klkSecret = Secret.fromSecretCompleteArn(this, 'SecretoKlk', context.klkSecretArn);
    if (context.dbConsultasSecretArn !== undefined) {
      this.consultasSecret = Secret.fromSecretCompleteArn(
        this,
        'SecretoConsultas',
        context.dbConsultasSecretArn,
      );
    }
    this.secretsKeyArn = context.kmsKeyArn;
  }
}
