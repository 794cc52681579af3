import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Effect, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { StageConfig } from '../config';
import { acknowledge } from './acknowledge';
import { functionRole, LOG_ACTIONS } from './function-role';
import type { SandboxNetwork } from './sandbox-network';
import { StageLogGroup } from './stage-log-group';

export interface AppPlaceProps {
  readonly config: StageConfig;
  readonly key: IKey;
  readonly network: SandboxNetwork | undefined;
}

/** Where apps that users deploy run: what all their functions have in common. The functions are made when apps are. */
export class AppPlace extends Construct {
  /** The one role that deployed functions have: it writes the log and does nothing else. */
  readonly role: Role;
  /** Any function of an app of this stage, with its versions and aliases. */
  readonly functionsArn: string;
  /** Of the names of all functions of apps. */
  readonly prefix: string;
  /** For the function that deploys (docs/architecture.md, `NARAE_APPS`). */
  readonly settings: string;

  constructor(scope: Construct, id: string, { config, key, network }: AppPlaceProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const logGroup = new StageLogGroup(this, 'Log', { config, key, name: 'apps' });
    this.role = functionRole(this, logGroup, [nothingElse(), ...(network?.access ?? [])]);
    if (network)
      acknowledge(
        this.role,
        'AwsSolutions-IAM5[Resource::*]',
        'Lambda attaches the network with these; interfaces have no names before they exist. User code is denied them.',
      );
    // An underscore is in no name of a stage or of a function of ours: neither can be taken for the beginning of another.
    this.prefix = `narae-${config.stage}-app_`;
    this.functionsArn = stack.formatArn({
      service: 'lambda',
      resource: 'function',
      resourceName: `${this.prefix}*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.settings = stack.toJsonString({
      prefix: this.prefix,
      role: this.role.roleArn,
      logGroup: logGroup.logGroupName,
      key: key.keyArn,
      subnets: network?.placement.vpc.isolatedSubnets.map(({ subnetId }) => subnetId) ?? [],
      securityGroups: network?.placement.securityGroups.map(({ securityGroupId }) => securityGroupId) ?? [],
    });
  }
}

/** As for sandboxes: denied to the code, also where someone should allow it later. */
const nothingElse = (): PolicyStatement =>
  new PolicyStatement({
    effect: Effect.DENY,
    notActions: LOG_ACTIONS,
    resources: ['*'],
    conditions: { Null: { 'lambda:SourceFunctionArn': 'false' } },
  });
