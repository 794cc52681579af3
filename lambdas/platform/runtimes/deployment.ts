import type { Language } from '.';
import type { DeploymentDescriptor } from './descriptor';
import { nodeDeployment } from './node/deployment';
import { pythonDeployment } from './python/deployment';

export const DEPLOYMENTS: Readonly<Record<Language, DeploymentDescriptor>> = {
  python: pythonDeployment,
  node: nodeDeployment,
};
