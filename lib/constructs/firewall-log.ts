import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnLoggingConfiguration, type CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { StageConfig } from '../config';

/** Where callers put credentials. A stream's ticket is in the query, which a page that leads elsewhere may pass on. */
const SECRET_HEADERS = ['authorization', 'x-api-key', 'cookie', 'referer'];

/** Sampled requests, which the console shows, know nothing of the redaction of logs. */
export const WITHOUT_SECRETS: CfnWebACL.DataProtectionConfigProperty = {
  dataProtections: [
    { field: { fieldType: 'SINGLE_HEADER', fieldKeys: SECRET_HEADERS }, action: 'SUBSTITUTION' },
    { field: { fieldType: 'SINGLE_COOKIE' }, action: 'SUBSTITUTION' },
    { field: { fieldType: 'QUERY_STRING' }, action: 'SUBSTITUTION' },
  ],
};

/** What the firewall refused: from where, what, and by which rule. What it lets through is in the access logs. */
export class FirewallLog extends Construct {
  constructor(scope: Construct, id: string, props: { readonly config: StageConfig; readonly webAclArn: string }) {
    super(scope, id);
    const { config, webAclArn } = props;
    const group = new LogGroup(this, 'Group', {
      // WAF writes to groups of this prefix only. The stage's key may be in another region: CloudWatch's own is used.
      logGroupName: `aws-waf-logs-narae-${config.stage}`,
      retention: config.logRetentionDays,
      removalPolicy: config.retainData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
    });
    const logging = new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: webAclArn,
      // The group's own attribute ends in `:*`, which WAF refuses.
      logDestinationConfigs: [
        Stack.of(this).formatArn({
          service: 'logs',
          resource: 'log-group',
          resourceName: `aws-waf-logs-narae-${config.stage}`,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ],
      redactedFields: [...SECRET_HEADERS.map((name) => ({ singleHeader: { Name: name } })), { queryString: {} }],
      loggingFilter: {
        DefaultBehavior: 'DROP',
        Filters: [
          { Behavior: 'KEEP', Requirement: 'MEETS_ANY', Conditions: [{ ActionCondition: { Action: 'BLOCK' } }] },
        ],
      },
    });
    logging.node.addDependency(group);
  }
}
