import { Stack } from 'aws-cdk-lib';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Pipeline } from '../../lambdas/platform/pipeline/pipeline';
import type { StageConfig } from '../config';
import type { DataStack } from '../stacks/data';
import { acknowledge } from './acknowledge';
import { invoke } from './iam-statements';
import { pipelineStates } from './pipeline-states';
import { StageLogGroup } from './stage-log-group';

export interface PipelineMachineProps {
  readonly config: StageConfig;
  readonly data: DataStack;
  readonly pipeline: Pipeline;
  readonly worker: IFunction;
  /** Which do steps of their own, by the name that the pipeline has for them. */
  readonly functions: Readonly<Record<string, IFunction>>;
}

/** The state machine of a pipeline, which may invoke the functions of its steps and no more. */
export class PipelineMachine extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: PipelineMachineProps) {
    super(scope, id);
    const { config, data, pipeline, worker, functions } = props;
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      inlinePolicies: {
        steps: new PolicyDocument({ statements: [invoke([worker, ...Object.values(functions)])] }),
      },
    });
    const states = pipelineStates(pipeline, {
      worker: worker.functionArn,
      functions: Object.fromEntries(Object.entries(functions).map(([name, one]) => [name, one.functionArn])),
    });
    this.stateMachine = new StateMachine(this, 'Machine', {
      stateMachineName: `narae-${config.stage}-${pipeline.name}`,
      definitionBody: DefinitionBody.fromString(Stack.of(this).toJsonString(states)),
      role,
      tracingEnabled: true,
      logs: {
        destination: new StageLogGroup(this, 'Log', { config, key: data.key, name: pipeline.name, vended: true }),
        level: LogLevel.ALL,
        // What is built is its owner's business, and an address to upload to is a credential.
        includeExecutionData: false,
      },
    });
    acknowledge(
      role,
      'AwsSolutions-IAM5[Resource::*]',
      'Log delivery and X-Ray know no resources to name. Its other right is to invoke the functions of its steps.',
    );
  }
}
