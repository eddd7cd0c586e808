import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

/** The topic that alarms notify, and the mail addresses that read it. */
export function createAlarmTopic(scope: Construct, correos: readonly string[]): Topic {
  const topic = new Topic(scope, 'Avisos', { displayName: 'Inventario KLK', enforceSSL: true });
  const stack = Stack.of(scope);
  // A policy of our own replaces SNS's default one, which let alarms of the account publish.
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AllowAlarms',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: {
        StringEquals: { 'aws:SourceAccount': stack.account },
        ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'cloudwatch', resource: 'alarm:*' }) },
      },
    }),
  );
  for (const correo of correos) topic.addSubscription(new EmailSubscription(correo));
  Validations.of(topic).acknowledge({
    id: 'Serverless-SNSRedrivePolicy',
    reason: 'Mail: SNS retries it for hours, and the alarm itself stays visible in CloudWatch.',
  });
  return topic;
}
