import type { DeploymentDescriptor } from '../descriptor';

export const pythonDeployment: DeploymentDescriptor = {
  lambdaRuntime: 'python3.13',
  sandbox: {
    folder: 'lambdas/sandbox/python',
    // Never called: the wrapper takes the place of the managed runtime, which would load this one.
    handler: 'supervisor.handler',
    // The managed Python runtime cannot stream its answer; ours can.
    environment: { AWS_LAMBDA_EXEC_WRAPPER: '/var/task/supervise' },
    main: 'supervise',
    executable: true,
    // What callbacks have without asking (docs/contracts/callbacks.md#build); the harness shows it to no others.
    packages: [{ client: 'pip', set: 'requests', to: 'lent/callback' }],
  },
  installer: {
    folder: 'lambdas/installer/python',
    // Never called: the wrapper takes the place of the managed runtime, so that a laptop needs no copy of that.
    handler: 'installer.handler',
    environment: { AWS_LAMBDA_EXEC_WRAPPER: '/var/task/serve' },
    packages: [{ client: 'pip', set: 'pip', to: 'pip' }],
    indexVariables: (url) => ({ PIP_INDEX_URL: url, PIP_EXTRA_INDEX_URL: '' }),
  },
};
