import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** What a function needs to write its own log; the group is there already, so it may not create any. */
export const LOG_ACTIONS = ['logs:CreateLogStream', 'logs:PutLogEvents'];

/** The role of one function: its own log group and the statements given, nothing managed by others. */
export function functionRole(scope: Construct, logGroup: ILogGroup, access: readonly PolicyStatement[]): Role {
  return new Role(scope, 'Role', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    inlinePolicies: {
      log: new PolicyDocument({
        statements: [new PolicyStatement({ actions: LOG_ACTIONS, resources: [logGroup.logGroupArn] })],
      }),
      ...(access.length > 0 && { access: new PolicyDocument({ statements: [...access] }) }),
    },
  });
}
