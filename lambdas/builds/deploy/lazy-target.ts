import type { DeployTarget } from '../deploy-target';

/** A target whose code is read when it is first asked: a Kubernetes client is larger than all else of the deployer. */
export function lazyTarget(open: () => Promise<DeployTarget>): DeployTarget {
  let opened: Promise<DeployTarget> | undefined;
  const target = (): Promise<DeployTarget> => (opened ??= open());
  return {
    apply: async (deployment) => (await target()).apply(deployment),
    remove: async (app) => (await target()).remove(app),
  };
}
