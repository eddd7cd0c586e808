import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';

/** The network, the database and the secrets of the pipeline, created or imported by the stack. */
export interface Foundation extends Construct {
  readonly vpc: IVpc;
  /** Private, with a way out through NAT. */
  readonly subnets: SubnetSelection;
  readonly databaseSecurityGroup: ISecurityGroup;
  readonly databasePort: number;
  /** RDS's name of the database, for its metrics. */
  readonly databaseId: string;
  /** The pipeline's own database user, in the RDS shape. */
  readonly pipelineSecret: ISecret;
  /** User and password that may do DDL. */
  readonly adminSecret: ISecret;
  readonly klkSecret: ISecret;
  /** The read-only database user of the API, in the RDS shape; undefined when the stage has no API. */
  readonly consultasSecret: ISecret | undefined;
  /** The KMS key that encrypts the secrets; undefined means AWS's own. */
  readonly secretsKeyArn: string | undefined;
}
