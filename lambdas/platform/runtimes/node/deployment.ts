import type { DeploymentDescriptor } from '../descriptor';

export const nodeDeployment: DeploymentDescriptor = {
  lambdaRuntime: 'nodejs24.x',
  sandbox: {
    folder: 'lambdas/sandbox/node',
    handler: 'supervisor.handler',
    environment: {},
    main: 'supervisor.mjs',
    executable: false,
    // What callbacks have without asking (docs/contracts/callbacks.md#build); the harness shows it to no others.
    packages: [{ client: 'npm', set: 'axios', part: 'node_modules', to: 'lent/callback/node_modules' }],
  },
  installer: {
    folder: 'lambdas/installer/node',
    handler: 'installer.handler',
    environment: {},
    packages: [{ client: 'npm', set: 'npm', to: 'npm' }],
    indexVariables: (url) => ({ npm_config_registry: url }),
  },
};
