import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

/** Whom alarms of one region tell: they notify topics of their own region. */
export interface Told {
  readonly topicArn: string | undefined;
  readonly email: string | undefined;
}

export function alarmActions(scope: Construct, { topicArn, email }: Told): SnsAction[] {
  const given = topicArn === undefined ? [] : [Topic.fromTopicArn(scope, 'Topic', topicArn)];
  const own = email === undefined ? [] : [mailTo(email, scope)];
  return [...given, ...own].map((topic) => new SnsAction(topic));
}

function mailTo(email: string, scope: Construct): Topic {
  // Alarms say which metric was where: nothing that a caller sent. CloudWatch could not use a key of AWS's own for SNS.
  const topic = new Topic(scope, 'Mail', { displayName: 'Narae alarms', enforceSSL: true });
  topic.addSubscription(new EmailSubscription(email));
  return topic;
}
