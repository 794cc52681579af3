import type { Duration } from 'aws-cdk-lib';
import { CfnEventInvokeConfig, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/**
 * What becomes of asynchronous invokes that fail. Written as CloudFormation's own resource, because the construct above
 * it would give the role more of the queue's key than sending takes.
 */
export function sendFailedInvokes(
  scope: Construct,
  props: {
    readonly of: IFunction;
    readonly to: IQueue;
    readonly retries: 0 | 1 | 2;
    /** How long an event may wait for its first or next try, 60 s to 6 h. */
    readonly maxAge: Duration;
  },
): void {
  new CfnEventInvokeConfig(scope, 'FailedInvokes', {
    functionName: props.of.functionName,
    qualifier: '$LATEST',
    maximumRetryAttempts: props.retries,
    maximumEventAgeInSeconds: props.maxAge.toSeconds(),
    destinationConfig: { onFailure: { destination: props.to.queueArn } },
  });
}
