import { CfnIPSet, CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { StageConfig } from '../config';
import { isIPv6Network } from '../config-values';
import { FirewallLog, WITHOUT_SECRETS } from './firewall-log';

type Rule = CfnWebACL.RuleProperty;
type Statement = CfnWebACL.StatementProperty;

/** Bodies are source code and payloads: to rules that look for code in them every run is an attack. They only count. */
const BODY_RULES = [
  'CrossSiteScripting_BODY',
  'EC2MetaDataSSRF_BODY',
  'GenericLFI_BODY',
  'GenericRFI_BODY',
  'SizeRestrictions_BODY',
];
/**
 * Scripts without a user agent are callers like others, and a callback may take a query as long as the gateway does: the
 * rule stops at 2,048 bytes.
 */
const COUNTED_RULES = [...BODY_RULES, 'NoUserAgent_HEADER', 'SizeRestrictions_QUERYSTRING'];

const TOO_MANY = 'too-many-requests';
const NOT_LISTED = 'address-not-listed';

/** What metrics of a stage's firewall are found by, as dimension `WebACL`. */
export const firewallMetric = (stage: string): string => `narae-${stage}`;

/** The firewall of the edge (WAF): who may call at all, common attacks, and how often one address may call. */
export class Firewall extends Construct {
  readonly webAclArn: string;

  constructor(scope: Construct, id: string, props: { readonly config: StageConfig }) {
    super(scope, id);
    const { stage, allowedCidrs, edge } = props.config;
    const outsiders = allowedCidrs.length > 0 ? [this.#outsiders(stage, allowedCidrs)] : [];
    const acl = new CfnWebACL(this, 'Acl', {
      name: `narae-${stage}`,
      description: `Narae ${stage}: in front of the edge`,
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      visibilityConfig: visibility(firewallMetric(stage)),
      dataProtectionConfig: WITHOUT_SECRETS,
      rules: [...outsiders, tooMany(edge.requestsPerAddress), commonAttacks()],
      customResponseBodies: {
        [NOT_LISTED]: errorBody('FORBIDDEN', 'This address is not in a network that may call.'),
        [TOO_MANY]: errorBody('RATE_LIMITED', 'Too many requests from this address. Try again in a few minutes.'),
      },
    });
    this.webAclArn = acl.attrArn;
    new FirewallLog(this, 'Log', { config: props.config, webAclArn: acl.attrArn });
  }

  /** Refuses every address that no listed network holds. */
  #outsiders(stage: string, cidrs: readonly string[]): Rule {
    const sets = (['IPV4', 'IPV6'] as const)
      .map((version) => ({ version, addresses: cidrs.filter((text) => isIPv6Network(text) === (version === 'IPV6')) }))
      .filter(({ addresses }) => addresses.length > 0)
      .map(({ version, addresses }): Statement => {
        const set = new CfnIPSet(this, version, {
          name: `narae-${stage}-${version.toLowerCase()}`,
          scope: 'CLOUDFRONT',
          ipAddressVersion: version,
          addresses,
        });
        return { notStatement: { statement: { ipSetReferenceStatement: { arn: set.attrArn } } } };
      });
    const [only, ...others] = sets;
    return {
      name: 'outsiders',
      priority: 0,
      action: { block: { customResponse: { responseCode: 403, customResponseBodyKey: NOT_LISTED } } },
      statement: only && others.length === 0 ? only : { andStatement: { statements: sets } },
      visibilityConfig: visibility('outsiders'),
    };
  }
}

const tooMany = (limit: number): Rule => ({
  name: 'too-many',
  priority: 1,
  action: {
    block: {
      customResponse: {
        responseCode: 429,
        customResponseBodyKey: TOO_MANY,
        responseHeaders: [{ name: 'Retry-After', value: '60' }],
      },
    },
  },
  statement: { rateBasedStatement: { limit, aggregateKeyType: 'IP', evaluationWindowSec: 300 } },
  visibilityConfig: visibility('too-many'),
});

const commonAttacks = (): Rule => ({
  name: 'common-attacks',
  priority: 2,
  overrideAction: { none: {} },
  statement: {
    managedRuleGroupStatement: {
      vendorName: 'AWS',
      name: 'AWSManagedRulesCommonRuleSet',
      ruleActionOverrides: COUNTED_RULES.map((name) => ({ name, actionToUse: { count: {} } })),
    },
  },
  visibilityConfig: visibility('common-attacks'),
});

const visibility = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  metricName,
  cloudWatchMetricsEnabled: true,
  sampledRequestsEnabled: true,
});

/**
 * The platform's error form (docs/contracts/common.md#errors). WAF has no id to put in; CloudFront's is in a header.
 */
const errorBody = (code: string, message: string): CfnWebACL.CustomResponseBodyProperty => ({
  contentType: 'APPLICATION_JSON',
  content: JSON.stringify({ error: { code, message, requestId: 'x-amz-cf-id' } }),
});
