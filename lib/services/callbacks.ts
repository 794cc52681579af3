import { CfnOutput } from 'aws-cdk-lib';
import { callbackBuilds } from '../../lambdas/callbacks/deploy/pipeline';
import { installerOf } from '../../lambdas/platform/pipeline/installer-steps';
import { functionTimeoutSeconds } from '../../lambdas/platform/pipeline/pipeline';
import { RUNTIMES } from '../../lambdas/platform/runtimes';
import { InstallerFunction } from '../constructs/installer-function';
import { PipelineMachine } from '../constructs/pipeline-machine';
import type { Extension } from './extension';
import { called } from './dependencies';

/** What makes something deployable of a registered callback: installers of packages, and the state machine of builds. */
export const callbacksExtension: Extension = (stack, { config, data }, workers) => {
  const builder = called(workers, 'builder', 'callbacks').lambda;
  const installers = RUNTIMES.map(({ language }) => {
    const name = installerOf(language);
    const timeoutSeconds = functionTimeoutSeconds(callbackBuilds, name);
    const { lambda } = new InstallerFunction(stack, name, { config, key: data.key, language, timeoutSeconds });
    return [name, lambda] as const;
  });
  const { stateMachine } = new PipelineMachine(stack, 'CallbackBuilds', {
    config,
    data,
    pipeline: callbackBuilds,
    worker: builder,
    functions: Object.fromEntries(installers),
  });
  new CfnOutput(stack, 'CallbackBuildsArn', { value: stateMachine.stateMachineArn });
  return {
    machines: new Map([[callbackBuilds.name, stateMachine]]),
    background: installers.map(([, lambda]) => lambda),
  };
};
