import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Effect, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { appDeploys } from '../../lambdas/builds/deploy/pipeline';
import type { StageConfig } from '../config';
import { acknowledge } from './acknowledge';
import { functionRole, LOG_ACTIONS } from './function-role';
import type { SandboxFleet } from './sandbox-fleet';
import { StageLogGroup } from './stage-log-group';

export interface AppPlaceProps {
  readonly config: StageConfig;
  readonly key: IKey;
  /** Apps have the network that they have. */
  readonly sandboxes: SandboxFleet;
}

/** Where apps that users deploy run: what all their functions have in common. The functions are made when apps are. */
export class AppPlace extends Construct {
  /** The one role that deployed functions have: it writes the log and does nothing else. */
  readonly role: Role;
  /** Any function of an app of this stage, with its versions and aliases. */
  readonly functionsArn: string;
  /** Of the names of all functions of apps. */
  readonly prefix: string;
  /** Of the state machine that deploys and removes apps, by its name: not only the service that has it starts it. */
  readonly deploysArn: string;
  /**
   * ARN of a function that has the network of apps, where a stage has one. Whoever deploys asks it: exports of subnets
   * would stop the update that takes the network away (ADR 0011).
   */
  readonly networkExampleArn: string | undefined;
  /** For the function that deploys (docs/architecture.md, `NARAE_APPS`). */
  readonly settings: string;

  constructor(scope: Construct, id: string, { config, key, sandboxes }: AppPlaceProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const { network } = sandboxes;
    const networkOf = network && sandboxes.names[0];
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
    const arn = (service: string, resource: string, resourceName: string) =>
      stack.formatArn({ service, resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
    this.functionsArn = arn('lambda', 'function', `${this.prefix}*`);
    this.deploysArn = arn('states', 'stateMachine', `narae-${config.stage}-${appDeploys.name}`);
    this.networkExampleArn = networkOf === undefined ? undefined : arn('lambda', 'function', networkOf);
    this.settings = stack.toJsonString({
      prefix: this.prefix,
      role: this.role.roleArn,
      logGroup: logGroup.logGroupName,
      key: key.keyArn,
      ...(networkOf !== undefined && { networkOf }),
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
