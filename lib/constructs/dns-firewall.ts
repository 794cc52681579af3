import { Stack } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  CfnFirewallDomainList,
  CfnFirewallRuleGroup,
  CfnFirewallRuleGroupAssociation,
} from 'aws-cdk-lib/aws-route53resolver';
import { Construct } from 'constructs';

/** Answers the name of S3 and no other: in a network without a way out, names are the way that is left to carry data. */
export class DnsFirewall extends Construct {
  constructor(scope: Construct, id: string, props: { readonly name: string; readonly vpc: IVpc }) {
    super(scope, id);
    const { name, vpc } = props;
    const { region, urlSuffix } = Stack.of(this);
    const s3 = new CfnFirewallDomainList(this, 'S3', { name: `${name}-s3`, domains: [`s3.${region}.${urlSuffix}`] });
    const all = new CfnFirewallDomainList(this, 'All', { name: `${name}-all`, domains: ['*'] });
    const rules = new CfnFirewallRuleGroup(this, 'Rules', {
      name,
      firewallRules: [
        {
          action: 'ALLOW',
          priority: 1,
          firewallDomainListId: s3.attrId,
          firewallDomainRedirectionAction: 'TRUST_REDIRECTION_DOMAIN',
        },
        { action: 'BLOCK', blockResponse: 'NXDOMAIN', priority: 2, firewallDomainListId: all.attrId },
      ],
    });
    new CfnFirewallRuleGroupAssociation(this, 'Association', {
      name,
      vpcId: vpc.vpcId,
      firewallRuleGroupId: rules.attrId,
      priority: 101,
    });
  }
}
