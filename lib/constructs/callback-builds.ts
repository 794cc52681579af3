import { Stack } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { StageConfig } from '../config';
import type { DataStack } from '../stacks/data';
import { invoke } from './iam-statements';
import { acknowledge } from './acknowledge';
import { callbackBuildStates } from './callback-builds-states';
import { StageLogGroup } from './stage-log-group';

export interface CallbackBuildsProps {
  readonly config: StageConfig;
  readonly data: DataStack;
  readonly builder: IFunction;
  readonly pythonInstaller: IFunction;
  readonly nodeInstaller: IFunction;
}

/** The state machine of builds: one execution per deploy of a callback, which may invoke three functions and no more. */
export class CallbackBuilds extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: CallbackBuildsProps) {
    super(scope, id);
    const { config, data, builder, pythonInstaller, nodeInstaller } = props;
    const name = 'callback-builds';
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      inlinePolicies: {
        steps: new PolicyDocument({ statements: [invoke([builder, pythonInstaller, nodeInstaller])] }),
      },
    });
    const states = callbackBuildStates({
      builder: builder.functionArn,
      pythonInstaller: pythonInstaller.functionArn,
      nodeInstaller: nodeInstaller.functionArn,
    });
    this.stateMachine = new StateMachine(this, 'Machine', {
      stateMachineName: `narae-${config.stage}-${name}`,
      definitionBody: DefinitionBody.fromString(Stack.of(this).toJsonString(states)),
      role,
      tracingEnabled: true,
      logs: {
        destination: new StageLogGroup(this, 'Log', { config, key: data.key, name, vended: true }),
        level: LogLevel.ALL,
        // Library texts are their owner's business, and an address to upload to is a credential.
        includeExecutionData: false,
      },
    });
    acknowledge(
      role,
      'AwsSolutions-IAM5[Resource::*]',
      'Log delivery and X-Ray know no resources to name. Its other right is to invoke three functions.',
    );
  }
}
