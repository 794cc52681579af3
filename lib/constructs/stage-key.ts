import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config';
import { logGroupPrefix, VENDED_LOG_PREFIX } from './stage-log-group';

/** The stage's key: tables, bucket, queues, secrets, log groups, and the data keys of environment values. */
export function stageKey(scope: Construct, config: StageConfig): Key {
  const key = new Key(scope, 'Key', {
    description: `Narae ${config.stage}: everything stored`,
    enableKeyRotation: true,
    removalPolicy: config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  key.addToResourcePolicy(forLogGroups(scope, config.stage));
  return key;
}

/** CloudWatch Logs uses the key itself, for the groups of this stage only. */
function forLogGroups(scope: Construct, stage: string): PolicyStatement {
  const stack = Stack.of(scope);
  const groups = [logGroupPrefix(stage), VENDED_LOG_PREFIX + stage + '/'].map((prefix) =>
    stack.formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: `${prefix}*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
  );
  return new PolicyStatement({
    principals: [new ServicePrincipal(`logs.${stack.region}.amazonaws.com`)],
    actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
    resources: ['*'],
    conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': groups } },
  });
}
