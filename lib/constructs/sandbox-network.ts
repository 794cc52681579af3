import { Stack } from 'aws-cdk-lib';
import {
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
import { asVpc } from './interfaces';

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

  constructor(scope: Construct, id: string, props: { readonly bucket: Bucket }) {
    super(scope, id);
    const network = new Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'isolated', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 20 }],
    });
    const vpc = asVpc(network);
    const endpoint = network.addGatewayEndpoint('S3', { service: GatewayVpcEndpointAwsService.S3 });
    endpoint.addToPolicy(
      new PolicyStatement({
        principals: [new AnyPrincipal()],
        actions: ['s3:GetObject'],
        resources: ['payloads', 'cancel'].map((prefix) => props.bucket.arnForObjects(`${prefix}/*`)),
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
        actions: ['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:DescribeNetworkInterfaces'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:RequestedRegion': Stack.of(this).region } },
      }),
    ];
  }
}
