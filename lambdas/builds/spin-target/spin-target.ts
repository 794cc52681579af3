import {
  AppNameTaken,
  type Applied,
  type Deployment,
  type DeployTarget,
  TargetRefused,
  TargetUnavailable,
} from '../deploy-target';
import type { Cluster } from './cluster';
import type { SpinConfiguration } from './contract';
import {
  type App,
  deploymentNamed,
  hasOverlay,
  overlayOf,
  scalerNamed,
  scalerOf,
  secretNamed,
  secretOf,
  serviceNamed,
  spinAppNamed,
  spinAppOf,
} from './manifests';

/** Names under which a cluster keeps who said what of an object. */
const MANAGER = 'narae';
/** Apart, so that an apply of the one leaves alone what the other said. */
const OVERLAY_MANAGER = 'narae-overlay';

export interface SpinTargetPorts {
  readonly configuration: SpinConfiguration;
  /** Opens the configured cluster. Throws TargetUnavailable where none is configured. */
  readonly cluster: () => Promise<Cluster>;
  /** Values of the environment of the function that is deployed. */
  readonly environmentOf: (deployment: Deployment) => Promise<Readonly<Record<string, string>>>;
  /** Told of what failed and harms nobody. */
  readonly report: (message: string, error: unknown) => void;
}

/** Apps as SpinApps on Kubernetes (docs/contracts/builds.md#semantics). */
export class SpinTarget implements DeployTarget {
  readonly #ports: SpinTargetPorts;

  constructor(ports: SpinTargetPorts) {
    this.#ports = ports;
  }

  async apply(deployment: Deployment): Promise<Applied> {
    const { app, functionId, settings } = deployment;
    const cluster = await this.#ports.cluster();
    await refuseForeign(cluster, app);
    const { timeoutSeconds } = settings;
    const appSettings = {
      env: await this.#ports.environmentOf(deployment),
      context: {
        ...(functionId !== null && { functionId }),
        ...(timeoutSeconds !== undefined && { timeoutMs: timeoutSeconds * 1_000 }),
      },
    };
    // First: pods of the app read it.
    await cluster.apply(secretOf(app, appSettings), MANAGER);
    await cluster.apply(spinAppOf(deployment, appSettings, this.#ports.configuration), MANAGER);
    const warnings = await this.#scale(cluster, deployment);
    const isLaid = await this.#layOver(cluster, deployment);
    const isServed = (await cluster.read(serviceNamed(app))) !== undefined;
    const isReady = isLaid && isServed;
    return {
      state: isReady ? 'ready' : 'waiting',
      endpoint: isReady ? `http://${app.name}.${app.namespace}.svc.cluster.local` : null,
      warnings,
    };
  }

  async remove(app: App): Promise<'gone' | 'waiting'> {
    const cluster = await this.#ports.cluster();
    if (!(await isOurs(cluster, app))) return 'gone';
    await cluster.delete(scalerNamed(app));
    await cluster.delete(spinAppNamed(app));
    if ((await cluster.read(spinAppNamed(app))) !== undefined) return 'waiting';
    // Last: as long as it is there, so may be pods that read it.
    await cluster.delete(secretNamed(app));
    return 'gone';
  }

  /** An app without a scaler runs all the same. */
  async #scale(cluster: Cluster, { app, settings }: Deployment): Promise<string[]> {
    try {
      if (settings.enableAutoscaling) await cluster.apply(scalerOf(app), MANAGER);
      else await cluster.delete(scalerNamed(app));
      return [];
    } catch (error) {
      this.#ports.report('The scaler of an app could not be set', error);
      const reason = error instanceof TargetRefused || error instanceof TargetUnavailable ? ` ${error.message}` : '';
      return [`enable_autoscaling: the autoscaler could not be set.${reason}`];
    }
  }

  /** @returns false as long as there is nothing to lay it over */
  async #layOver(cluster: Cluster, deployment: Deployment): Promise<boolean> {
    if (!this.#ports.configuration.overlays) return true;
    const found = await cluster.read(deploymentNamed(deployment.app));
    if (found === undefined) return !hasOverlay(deployment);
    const isLaid = found.metadata?.managedFields?.some(({ manager }) => manager === OVERLAY_MANAGER) === true;
    if (hasOverlay(deployment) || isLaid) await cluster.apply(overlayOf(deployment), OVERLAY_MANAGER);
    return true;
  }
}

/** @throws AppNameTaken where somebody else has an app of that name */
async function refuseForeign(cluster: Cluster, app: App): Promise<void> {
  const found = await cluster.read(spinAppNamed(app));
  if (found !== undefined && found.metadata?.labels?.['faas'] !== 'true')
    throw new AppNameTaken('The cluster has an app of that name that is not of this platform.');
}

/** What is gone is nobody's; what is left of an app that was ours is. */
async function isOurs(cluster: Cluster, app: App): Promise<boolean> {
  const found = (await cluster.read(spinAppNamed(app))) ?? (await cluster.read(secretNamed(app)));
  return found?.metadata?.labels?.['faas'] === 'true';
}
