import { CfnResource, RemovalPolicy } from 'aws-cdk-lib';
import type { Stack } from 'aws-cdk-lib';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Stage } from '../stages.ts';

type LogStage = Pick<Stage, 'disposable' | 'logRetention'>;

/** The log group of one Lambda, with the stage's retention. */
export const createLogGroup = (scope: Construct, { disposable, logRetention }: LogStage): LogGroup =>
  new LogGroup(scope, 'Registro', {
    retention: logRetention,
    removalPolicy: disposable ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
  });

/**
 * Gives a log group to each Lambda that the CDK adds for itself (the trigger of the migrations, the rules of the default security
 * group): a log group that Lambda creates itself never expires. Call it when the stack is complete.
 */
export function keepProviderLogs(stack: Stack, stage: LogStage): void {
  for (const resource of stack.node.findAll()) {
    // The CDK writes its own Lambdas as plain resources, without the class that has the property.
    if (!CfnResource.isCfnResource(resource) || resource instanceof CfnFunction) continue;
    if (resource.cfnResourceType !== CfnFunction.CFN_RESOURCE_TYPE_NAME) continue;
    resource.addPropertyOverride('LoggingConfig.LogGroup', createLogGroup(resource, stage).logGroupName);
  }
}
