import { CfnOutput } from 'aws-cdk-lib';
import { callbackBuilds } from '../../lambdas/callbacks/deploy/pipeline';
import { functionTimeoutSeconds } from '../../lambdas/platform/pipeline/pipeline';
import { InstallerFunction } from '../constructs/installer-function';
import { PipelineMachine } from '../constructs/pipeline-machine';
import type { Extension } from './extension';
import { called } from './dependencies';

/** What makes something deployable of a registered callback: installers of packages, and the state machine of builds. */
export const callbacksExtension: Extension = (stack, { config, data }, workers) => {
  const builder = called(workers, 'builder', 'callbacks').lambda;
  const installer = (language: 'python' | 'node') =>
    new InstallerFunction(stack, `${language}-installer`, {
      ...{ config, key: data.key, language },
      timeoutSeconds: functionTimeoutSeconds(callbackBuilds, `${language}-installer`),
    }).lambda;
  const [pythonInstaller, nodeInstaller] = [installer('python'), installer('node')];
  const { stateMachine } = new PipelineMachine(stack, 'CallbackBuilds', {
    config,
    data,
    pipeline: callbackBuilds,
    worker: builder,
    functions: { 'python-installer': pythonInstaller, 'node-installer': nodeInstaller },
  });
  new CfnOutput(stack, 'CallbackBuildsArn', { value: stateMachine.stateMachineArn });
  return { machines: new Map([[callbackBuilds.name, stateMachine]]), background: [pythonInstaller, nodeInstaller] };
};
