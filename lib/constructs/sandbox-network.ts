import { Stack } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
  type ISecurityGroup,
  type IVpc,
  type SubnetSelection,
} from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { StageConfig } from '../config';
import { DnsFirewall } from './dns-firewall';
import { asVpc } from './interfaces';
import { StageLogGroup } from './stage-log-group';

/**
 * What Lambda needs of a function's role to put it into a network: the EC2 part of AWSLambdaVPCAccessExecutionRole (v3).
 * The function itself is denied them (sandbox-function.ts): calls of its code carry `lambda:SourceFunctionArn`.
 */
export const NETWORK_ACTIONS = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
] as const;

export interface SandboxNetworkProps {
  readonly config: StageConfig;
  readonly key: IKey;
  readonly bucket: Bucket;
}

/**
 * A network that leads nowhere but to the stage's bucket, read-only, by addresses that were signed for one run: that is
 * how a sandbox fetches large payloads and learns that its run is cancelled.
 */
export class SandboxNetwork extends Construct {
  readonly placement: {
    readonly vpc: IVpc;
    readonly vpcSubnets: SubnetSelection;
    readonly securityGroups: ISecurityGroup[];
  };
  readonly access: readonly PolicyStatement[];

  constructor(scope: Construct, id: string, props: SandboxNetworkProps) {
    super(scope, id);
    const { config, key, bucket } = props;
    const network = new Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 0,
      // Nothing uses the default group; emptying it would take a function of CDK's own with rights on every group.
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [{ name: 'isolated', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 20 }],
    });
    const vpc = asVpc(network);
    network.addFlowLog('Refused', {
      destination: FlowLogDestination.toCloudWatchLogs(
        new StageLogGroup(this, 'Log', { config, key, name: 'network' }),
      ),
      trafficType: FlowLogTrafficType.REJECT,
    });
    new DnsFirewall(this, 'Dns', { name: `narae-${config.stage}-sandbox`, vpc });
    const endpoint = network.addGatewayEndpoint('S3', { service: GatewayVpcEndpointAwsService.S3 });
    endpoint.addToPolicy(
      new PolicyStatement({
        principals: [new AnyPrincipal()],
        actions: ['s3:GetObject'],
        resources: ['payloads', 'cancel', 'libraries'].map((prefix) => bucket.arnForObjects(`${prefix}/*`)),
      }),
    );
    const group = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'User code: out to S3 through the endpoint, nothing in',
      allowAllOutbound: false,
    });
    group.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'S3; the route table knows no other way out');
    this.placement = { vpc, vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED }, securityGroups: [group] };
    this.access = [
      new PolicyStatement({
        actions: [...NETWORK_ACTIONS],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:RequestedRegion': Stack.of(this).region } },
      }),
    ];
  }
}
