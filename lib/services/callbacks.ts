import { CfnOutput } from 'aws-cdk-lib';
import { CallbackBuilds } from '../constructs/callback-builds';
import { InstallerFunction } from '../constructs/installer-function';
import type { Extension } from './extension';
import { called } from './dependencies';

/** What makes something deployable of a registered callback: installers of packages, and the state machine of builds. */
export const callbacksExtension: Extension = (stack, { config, data }, workers) => {
  const builder = called(workers, 'builder', 'callbacks').lambda;
  const installer = (language: 'python' | 'node') =>
    new InstallerFunction(stack, `${language}-installer`, { config, key: data.key, language }).lambda;
  const [pythonInstaller, nodeInstaller] = [installer('python'), installer('node')];
  const { stateMachine } = new CallbackBuilds(stack, 'CallbackBuilds', {
    config,
    data,
    builder,
    pythonInstaller,
    nodeInstaller,
  });
  new CfnOutput(stack, 'CallbackBuildsArn', { value: stateMachine.stateMachineArn });
  return { machines: new Map([['callback-builds', stateMachine]]), background: [pythonInstaller, nodeInstaller] };
};
