import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { RUNNING, WITH_CONSULTAS } from './stage-contexts.ts';
import { synthesized } from './synthesized.ts';

const list = z.union([z.string().transform((value) => [value]), z.array(z.string())]);
const Policy = z.object({
  Statement: z.array(z.object({ Effect: z.literal('Allow'), Action: list, Resource: list })),
});

const SHARED = 'lib/cloudformation-policy.json';
const CONSULTAS = 'lib/cloudformation-policy-consultas.json';
const FILES = {
  produccion: [SHARED],
  desarrollo: [SHARED, 'lib/cloudformation-policy-desarrollo.json'],
};

/** Characters of a managed policy, white space not counted, says IAM. */
const MAX_CHARACTERS = 6144;

const read = (file: string): z.infer<typeof Policy> => Policy.parse(JSON.parse(readFileSync(file, 'utf8')));

/** API Gateway's actions are HTTP's methods. */
const apis = (...methods: readonly string[]): string[] => methods.map((method) => `apigateway:${method}`);

/** What CloudFormation calls to create, change and delete each kind of resource of the templates. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  'AWS::ApiGatewayV2::Api': [...apis('POST', 'PATCH', 'DELETE'), 'apigateway:TagResource'],
  'AWS::ApiGatewayV2::Authorizer': apis('POST', 'PATCH', 'DELETE'),
  'AWS::ApiGatewayV2::Integration': apis('POST', 'PATCH', 'DELETE'),
  'AWS::ApiGatewayV2::Route': apis('POST', 'PATCH', 'DELETE'),
  'AWS::ApiGatewayV2::Stage': [
    ...apis('POST', 'PATCH', 'DELETE'),
    // For the access log: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html
    'logs:CreateLogDelivery',
    'logs:UpdateLogDelivery',
    'logs:DeleteLogDelivery',
    'logs:GetLogDelivery',
    'logs:ListLogDeliveries',
    'logs:PutResourcePolicy',
    'logs:DescribeResourcePolicies',
  ],
  'AWS::CDK::Metadata': [],
  'AWS::CloudFront::Distribution': [
    'cloudfront:CreateDistribution',
    'cloudfront:GetDistributionConfig',
    'cloudfront:UpdateDistribution',
    'cloudfront:DeleteDistribution',
    'cloudfront:TagResource',
  ],
  'AWS::CloudFront::Function': [
    'cloudfront:CreateFunction',
    'cloudfront:PublishFunction',
    'cloudfront:UpdateFunction',
    'cloudfront:DescribeFunction',
    'cloudfront:DeleteFunction',
  ],
  'AWS::CloudFront::OriginAccessControl': [
    'cloudfront:CreateOriginAccessControl',
    'cloudfront:UpdateOriginAccessControl',
    'cloudfront:DeleteOriginAccessControl',
  ],
  'AWS::CloudFront::ResponseHeadersPolicy': [
    'cloudfront:CreateResponseHeadersPolicy',
    'cloudfront:UpdateResponseHeadersPolicy',
    'cloudfront:DeleteResponseHeadersPolicy',
  ],
  'AWS::CloudWatch::Alarm': ['cloudwatch:PutMetricAlarm', 'cloudwatch:DeleteAlarms'],
  'AWS::CloudWatch::Dashboard': ['cloudwatch:PutDashboard', 'cloudwatch:DeleteDashboards'],
  'AWS::Cognito::ManagedLoginBranding': [
    'cognito-idp:CreateManagedLoginBranding',
    'cognito-idp:UpdateManagedLoginBranding',
    'cognito-idp:DeleteManagedLoginBranding',
  ],
  'AWS::Cognito::UserPool': [
    'cognito-idp:CreateUserPool',
    'cognito-idp:UpdateUserPool',
    'cognito-idp:SetUserPoolMfaConfig',
    'cognito-idp:AddCustomAttributes',
    'cognito-idp:DeleteUserPool',
    'cognito-idp:TagResource',
  ],
  'AWS::Cognito::UserPoolClient': [
    'cognito-idp:CreateUserPoolClient',
    'cognito-idp:UpdateUserPoolClient',
    'cognito-idp:DeleteUserPoolClient',
  ],
  'AWS::Cognito::UserPoolDomain': [
    'cognito-idp:CreateUserPoolDomain',
    'cognito-idp:UpdateUserPoolDomain',
    'cognito-idp:DeleteUserPoolDomain',
    'cognito-idp:DescribeUserPoolDomain',
  ],
  'AWS::Cognito::UserPoolGroup': [
    'cognito-idp:CreateGroup',
    'cognito-idp:UpdateGroup',
    'cognito-idp:DeleteGroup',
  ],
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
  'AWS::Lambda::LayerVersion': ['lambda:PublishLayerVersion', 'lambda:DeleteLayerVersion', 's3:GetObject'],
  'AWS::Lambda::Permission': ['lambda:AddPermission', 'lambda:RemovePermission'],
  'AWS::Lambda::Version': ['lambda:PublishVersion', 'lambda:DeleteFunction'],
  'AWS::Logs::LogGroup': ['logs:CreateLogGroup', 'logs:PutRetentionPolicy', 'logs:DeleteLogGroup'],
  'AWS::Logs::MetricFilter': ['logs:PutMetricFilter', 'logs:DeleteMetricFilter'],
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
  'AWS::S3::Bucket': [
    's3:CreateBucket',
    's3:PutBucketOwnershipControls',
    's3:PutBucketPublicAccessBlock',
    's3:PutBucketTagging',
    's3:PutEncryptionConfiguration',
    's3:DeleteBucket',
  ],
  'AWS::S3::BucketPolicy': ['s3:PutBucketPolicy', 's3:DeleteBucketPolicy'],
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
  'Custom::CDKBucketDeployment': ['lambda:InvokeFunction'],
  'Custom::S3AutoDeleteObjects': ['lambda:InvokeFunction'],
  'Custom::Trigger': ['lambda:InvokeFunction'],
  'Custom::VpcRestrictDefaultSG': ['lambda:InvokeFunction'],
};

/** Actions that name no resource, so that a statement about some resources never allows them: the Service Authorization Reference of AWS. */
const WITHOUT_RESOURCE = [
  'cloudfront:CreateDistribution',
  'cloudfront:CreateFunction',
  'cloudfront:CreateOriginAccessControl',
  'cloudfront:CreateResponseHeadersPolicy',
  'cognito-idp:CreateUserPool',
  'cognito-idp:DescribeUserPoolDomain',
  'logs:CreateLogDelivery',
  'logs:DescribeIndexPolicies',
  'logs:PutResourcePolicy',
];

const serviceOf = (action: string): string => action.split(':')[0] ?? '';

describe.each(RUNNING)('the policy under which CloudFormation deploys %s', (name) => {
  const types = [...new Set(synthesized(name).all.map(({ Type }) => Type))];
  const needed = types.flatMap((type) => CALLS[type] ?? []);
  const allowed = FILES[name].flatMap((file) => read(file).Statement).flatMap(({ Action }) => Action);

  it('allows it to create, change and delete every resource of the template', () => {
    expect(types.filter((type) => CALLS[type] === undefined)).toEqual([]);
    expect(needed.filter((action) => !allowed.includes(action))).toEqual([]);
  });

  it('allows no service that the template does not use', () => {
    // The version of the bootstrap, which CloudFormation reads first.
    const used = new Set([...needed, 'ssm:GetParameters'].map(serviceOf));
    expect(new Set(allowed.map(serviceOf))).toEqual(used);
  });
});

describe.each(WITH_CONSULTAS)(
  'the policies under which CloudFormation deploys the queries of $stage',
  ({ name }) => {
    const types = [...new Set(synthesized(name, 'consultas').all.map(({ Type }) => Type))];
    const needed = types.flatMap((type) => CALLS[type] ?? []);
    const actions = (files: readonly string[]): string[] =>
      files.flatMap((file) => read(file).Statement).flatMap(({ Action }) => Action);

    it('allow it to create, change and delete every resource of the template', () => {
      expect(types.filter((type) => CALLS[type] === undefined)).toEqual([]);
      const allowed = actions([SHARED, CONSULTAS]);
      expect(needed.filter((action) => !allowed.includes(action))).toEqual([]);
    });

    it('allow no service that the template does not use, and repeat nothing of the policy of the stage', () => {
      const own = actions([CONSULTAS]);
      const used = new Set(needed.filter((action) => !actions([SHARED]).includes(action)).map(serviceOf));
      expect(new Set(own.map(serviceOf))).toEqual(used);
      expect(own.filter((action) => actions([SHARED]).includes(action))).toEqual([]);
    });

    it('name the bucket and the layers as the CDK will name them', () => {
      const layers = synthesized(name, 'consultas').resources('AWS::Lambda::LayerVersion');
      expect(layers.length).toBeGreaterThan(0);
      for (const { id } of layers) expect(id).toMatch(/^Pagina/);
      const resources = read(CONSULTAS).Statement.flatMap(({ Resource }) => Resource);
      expect(resources).toContain('arn:aws:lambda:*:*:layer:Pagina*');
      expect(resources).toContain('arn:aws:s3:::inventario-klk-consultas-*');
    });
  },
);

describe.each([...FILES.desarrollo, CONSULTAS])('%s', (file) => {
  it('has wildcards only in actions that read', () => {
    const wildcards = read(file).Statement.flatMap(({ Action }) => Action.filter((it) => it.includes('*')));
    expect(wildcards.filter((action) => action !== 'ec2:Describe*')).toEqual([]);
  });

  it('allows actions that name no resource on all', () => {
    const narrowed = read(file).Statement.filter(({ Resource }) => !Resource.includes('*'));
    const actions = narrowed.flatMap(({ Action }) => Action);
    expect(actions.filter((action) => WITHOUT_RESOURCE.includes(action))).toEqual([]);
  });

  it('fits into a managed policy of IAM, and docs/despliegue.md says how to use it', () => {
    expect(JSON.stringify(JSON.parse(readFileSync(file, 'utf8'))).length).toBeLessThanOrEqual(MAX_CHARACTERS);
    expect(readFileSync('docs/despliegue.md', 'utf8')).toContain(`--policy-document file://${file}`);
  });
});

it('A role of the stack may have only the managed policies of a Lambda, and may be passed to Lambda only', () => {
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
