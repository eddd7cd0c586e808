import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { RUNNING } from './stage-contexts.ts';
import { synthesized } from './synthesized.ts';

const list = z.union([z.string().transform((value) => [value]), z.array(z.string())]);
const Policy = z.object({
  Statement: z.array(z.object({ Effect: z.literal('Allow'), Action: list, Resource: list })),
});

const SHARED = 'lib/cloudformation-policy.json';
const FILES = {
  produccion: [SHARED],
  desarrollo: [SHARED, 'lib/cloudformation-policy-desarrollo.json'],
};

/** Characters of a managed policy, white space not counted, says IAM. */
const MAX_CHARACTERS = 6144;

const read = (file: string): z.infer<typeof Policy> => Policy.parse(JSON.parse(readFileSync(file, 'utf8')));

/** What CloudFormation calls to create, change and delete each kind of resource of the templates. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  'AWS::CDK::Metadata': [],
  'AWS::CloudWatch::Alarm': ['cloudwatch:PutMetricAlarm', 'cloudwatch:DeleteAlarms'],
  'AWS::CloudWatch::Dashboard': ['cloudwatch:PutDashboard', 'cloudwatch:DeleteDashboards'],
  'AWS::EC2::EIP': ['ec2:AllocateAddress', 'ec2:ReleaseAddress'],
  'AWS::EC2::InternetGateway': ['ec2:CreateInternetGateway', 'ec2:DeleteInternetGateway'],
  'AWS::EC2::NatGateway': ['ec2:CreateNatGateway', 'ec2:DeleteNatGateway'],
  'AWS::EC2::Route': ['ec2:CreateRoute', 'ec2:ReplaceRoute', 'ec2:DeleteRoute'],
  'AWS::EC2::RouteTable': ['ec2:CreateRouteTable', 'ec2:DeleteRouteTable'],
  'AWS::EC2::SecurityGroup': ['ec2:CreateSecurityGroup', 'ec2:DeleteSecurityGroup', 'ec2:CreateTags'],
  'AWS::EC2::SecurityGroupEgress': [
    'ec2:AuthorizeSecurityGroupEgress',
    'ec2:RevokeSecurityGroupEgress',
    'ec2:UpdateSecurityGroupRuleDescriptionsEgress',
  ],
  'AWS::EC2::SecurityGroupIngress': [
    'ec2:AuthorizeSecurityGroupIngress',
    'ec2:RevokeSecurityGroupIngress',
    'ec2:UpdateSecurityGroupRuleDescriptionsIngress',
  ],
  'AWS::EC2::Subnet': ['ec2:CreateSubnet', 'ec2:ModifySubnetAttribute', 'ec2:DeleteSubnet'],
  'AWS::EC2::SubnetRouteTableAssociation': ['ec2:AssociateRouteTable', 'ec2:DisassociateRouteTable'],
  'AWS::EC2::VPC': ['ec2:CreateVpc', 'ec2:ModifyVpcAttribute', 'ec2:DeleteVpc'],
  'AWS::EC2::VPCGatewayAttachment': ['ec2:AttachInternetGateway', 'ec2:DetachInternetGateway'],
  'AWS::Events::Rule': ['events:PutRule', 'events:PutTargets', 'events:RemoveTargets', 'events:DeleteRule'],
  'AWS::IAM::Policy': ['iam:PutRolePolicy', 'iam:DeleteRolePolicy'],
  'AWS::IAM::Role': [
    'iam:CreateRole',
    'iam:AttachRolePolicy',
    'iam:UpdateAssumeRolePolicy',
    'iam:DetachRolePolicy',
    'iam:DeleteRole',
  ],
  'AWS::Lambda::EventInvokeConfig': [
    'lambda:PutFunctionEventInvokeConfig',
    'lambda:DeleteFunctionEventInvokeConfig',
  ],
  'AWS::Lambda::Function': [
    'iam:PassRole',
    'lambda:CreateFunction',
    'lambda:UpdateFunctionCode',
    'lambda:UpdateFunctionConfiguration',
    'lambda:DeleteFunction',
    's3:GetObject',
  ],
  'AWS::Lambda::Permission': ['lambda:AddPermission', 'lambda:RemovePermission'],
  'AWS::Lambda::Version': ['lambda:PublishVersion', 'lambda:DeleteFunction'],
  'AWS::Logs::LogGroup': ['logs:CreateLogGroup', 'logs:PutRetentionPolicy', 'logs:DeleteLogGroup'],
  'AWS::Logs::QueryDefinition': ['logs:PutQueryDefinition', 'logs:DeleteQueryDefinition'],
  'AWS::RDS::DBInstance': [
    'rds:CreateDBInstance',
    'rds:ModifyDBInstance',
    'rds:CreateDBSnapshot',
    'rds:DeleteDBInstance',
    'iam:CreateServiceLinkedRole',
    'kms:DescribeKey',
    'kms:CreateGrant',
  ],
  'AWS::RDS::DBSubnetGroup': [
    'rds:CreateDBSubnetGroup',
    'rds:ModifyDBSubnetGroup',
    'rds:DeleteDBSubnetGroup',
  ],
  'AWS::SNS::Subscription': ['sns:Subscribe', 'sns:Unsubscribe'],
  'AWS::SNS::Topic': ['sns:CreateTopic', 'sns:DeleteTopic'],
  'AWS::SNS::TopicPolicy': ['sns:SetTopicAttributes'],
  'AWS::SQS::Queue': ['sqs:CreateQueue', 'sqs:DeleteQueue'],
  'AWS::SQS::QueuePolicy': ['sqs:SetQueueAttributes'],
  'AWS::SecretsManager::Secret': [
    'secretsmanager:CreateSecret',
    'secretsmanager:UpdateSecret',
    'secretsmanager:GetRandomPassword',
    'secretsmanager:DeleteSecret',
  ],
  'AWS::SecretsManager::SecretTargetAttachment': [
    'secretsmanager:GetSecretValue',
    'secretsmanager:PutSecretValue',
    'rds:DescribeDBInstances',
  ],
  'Custom::Trigger': ['lambda:InvokeFunction'],
  'Custom::VpcRestrictDefaultSG': ['lambda:InvokeFunction'],
};

const serviceOf = (action: string): string => action.split(':')[0] ?? '';

describe.each(RUNNING)('the policy under which CloudFormation deploys %s', (name) => {
  const types = [...new Set(synthesized(name).all.map(({ Type }) => Type))];
  const needed = types.flatMap((type) => CALLS[type] ?? []);
  const allowed = FILES[name].flatMap((file) => read(file).Statement).flatMap(({ Action }) => Action);

  it('lets it create, change and delete every resource of the template', () => {
    expect(types.filter((type) => CALLS[type] === undefined)).toEqual([]);
    expect(needed.filter((action) => !allowed.includes(action))).toEqual([]);
  });

  it('reaches no service that the template does not use', () => {
    // The version of the bootstrap, which CloudFormation reads first.
    const used = new Set([...needed, 'ssm:GetParameters'].map(serviceOf));
    expect(new Set(allowed.map(serviceOf))).toEqual(used);
  });
});

describe.each(FILES.desarrollo)('%s', (file) => {
  it('allows no action by a wildcard but looking', () => {
    const wildcards = read(file).Statement.flatMap(({ Action }) => Action.filter((it) => it.includes('*')));
    expect(wildcards.filter((action) => action !== 'ec2:Describe*')).toEqual([]);
  });

  it('fits into a managed policy of IAM, and the deployment guide says how to use it', () => {
    expect(JSON.stringify(JSON.parse(readFileSync(file, 'utf8'))).length).toBeLessThanOrEqual(MAX_CHARACTERS);
    expect(readFileSync('docs/despliegue.md', 'utf8')).toContain(`--policy-document file://${file}`);
  });
});

it('A role of the stack takes its managed policies from those of a Lambda alone, and goes to Lambda alone', () => {
  const statements = z
    .object({ Statement: z.array(z.looseObject({ Action: list })) })
    .parse(JSON.parse(readFileSync(SHARED, 'utf8'))).Statement;
  const conditioned = (action: string): unknown =>
    statements.find(({ Action }) => Action.includes(action))?.['Condition'];
  expect(conditioned('iam:PassRole')).toEqual({
    StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' },
  });
  expect(conditioned('iam:AttachRolePolicy')).toEqual({
    ArnEquals: {
      'iam:PolicyARN': [expect.stringMatching(/BasicExecutionRole$/), expect.stringMatching(/VPCAccess/)],
    },
  });
});
