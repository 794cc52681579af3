import { Function as LambdaFunction, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { appBuilds, LANGUAGE } from '../../lambdas/builds/build/pipeline';
import { installerOf } from '../../lambdas/platform/pipeline/installer-steps';
import { functionTimeoutSeconds, type Pipeline } from '../../lambdas/platform/pipeline/pipeline';
import { appDeploys } from '../../lambdas/builds/deploy/pipeline';
import { installerFunctionName } from '../constructs/installer-function';
import { PipelineMachine } from '../constructs/pipeline-machine';
import { ToolchainFunction } from '../constructs/toolchain-function';
import { called } from './dependencies';
import type { Extension } from './extension';

/** What makes artifacts of sources: the toolchain, and the state machines of builds and of deploys. */
export const buildsExtension: Extension = (stack, { config, data }, workers) => {
  const toolchain = new ToolchainFunction(stack, 'Toolchain', {
    ...{ config, key: data.key },
    timeoutSeconds: functionTimeoutSeconds(appBuilds, 'toolchain'),
  }).lambda;
  // By name: the stack that it is in need not know who else has packages installed.
  const installer = LambdaFunction.fromFunctionName(stack, 'Installer', installerFunctionName(config.stage, LANGUAGE));
  const machine = (
    id: string,
    pipeline: Pipeline,
    worker: string,
    functions: Readonly<Record<string, IFunction>> = {},
  ) =>
    new PipelineMachine(stack, id, {
      ...{ config, data, pipeline, functions },
      worker: called(workers, worker, 'builds').lambda,
    }).stateMachine;
  const machines = new Map([
    [appBuilds.name, machine('AppBuilds', appBuilds, 'builder', { toolchain, [installerOf(LANGUAGE)]: installer })],
    [appDeploys.name, machine('AppDeploys', appDeploys, 'deployer')],
  ]);
  return { machines, background: [toolchain] };
};
