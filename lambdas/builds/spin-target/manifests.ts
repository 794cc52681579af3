import { createHash } from 'node:crypto';
import type { Deployment } from '../deploy-target';
import { SETTINGS_VARIABLE } from '../oci/spin-artifact';
import type { SpinConfiguration } from './contract';
import { resourcesOf } from './resources';

/** What an app consists of in a cluster. */

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}
export type App = Deployment['app'];

const LABELS = { faas: 'true' } as const;
const SETTINGS_KEY = 'settings';
/** Where the operator is to replace pods: a Secret that changes does not do that. */
const SETTINGS_DIGEST = 'narae.dev/settings';
const SCALING = { min: 1, max: 10, cpuPercent: 50 } as const;

const named = (apiVersion: string, kind: string, { namespace }: App, name: string): Manifest => ({
  apiVersion,
  kind,
  metadata: { namespace, name },
});

export const spinAppNamed = (app: App): Manifest => named('core.spinkube.dev/v1alpha1', 'SpinApp', app, app.name);
export const scalerNamed = (app: App): Manifest =>
  named('autoscaling/v2', 'HorizontalPodAutoscaler', app, `${app.name}-hpa`);
export const secretNamed = (app: App): Manifest => named('v1', 'Secret', app, `${app.name}-settings`);
/** These two are made by the operator. */
export const deploymentNamed = (app: App): Manifest => named('apps/v1', 'Deployment', app, app.name);
export const serviceNamed = (app: App): Manifest => named('v1', 'Service', app, app.name);

/** What an app reads at its start. */
export interface AppSettings {
  readonly env: Readonly<Record<string, string>>;
  readonly context: Readonly<Record<string, unknown>>;
}

const labelled = (manifest: Manifest): Manifest => ({
  ...manifest,
  metadata: { ...manifest.metadata, labels: LABELS },
});

/** Equal settings are equal text. */
const textOf = ({ env, context }: AppSettings): string =>
  JSON.stringify({ env: Object.fromEntries(Object.entries(env).sort(([a], [b]) => (a < b ? -1 : 1))), context });

export const secretOf = (app: App, settings: AppSettings): Manifest => ({
  ...labelled(secretNamed(app)),
  type: 'Opaque',
  data: { [SETTINGS_KEY]: Buffer.from(textOf(settings)).toString('base64') },
});

export function spinAppOf(deployment: Deployment, settings: AppSettings, configuration: SpinConfiguration): Manifest {
  const { app, image, functionId, settings: wanted } = deployment;
  const { enableAutoscaling, useSpot, replicas, serviceAccount } = wanted;
  const { executor, spotExecutor } = configuration;
  return {
    ...labelled(spinAppNamed(app)),
    spec: {
      image: `${image.repository}@${image.digest}`,
      executor: useSpot && spotExecutor !== undefined ? spotExecutor : executor,
      enableAutoscaling,
      ...(!enableAutoscaling && { replicas: replicas ?? 1 }),
      resources: resourcesOf(wanted),
      ...(serviceAccount !== undefined && { serviceAccountName: serviceAccount }),
      podLabels: { ...LABELS, ...(functionId !== null && { function_id: functionId }) },
      podAnnotations: { [SETTINGS_DIGEST]: createHash('sha256').update(textOf(settings)).digest('hex') },
      variables: [
        {
          name: SETTINGS_VARIABLE,
          valueFrom: { secretKeyRef: { name: secretNamed(app).metadata.name, key: SETTINGS_KEY } },
        },
      ],
    },
  };
}

export const scalerOf = (app: App): Manifest => ({
  ...labelled(scalerNamed(app)),
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: app.name },
    minReplicas: SCALING.min,
    maxReplicas: SCALING.max,
    metrics: [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: SCALING.cpuPercent } },
      },
    ],
  },
});

/** Laid over the operator's Deployment; without either it takes away what was laid over it before. */
export function overlayOf({ app, settings: { tolerations, affinity } }: Deployment): Manifest {
  const spec = {
    ...(tolerations !== undefined && { tolerations }),
    ...(affinity !== undefined && { affinity }),
  };
  return { ...deploymentNamed(app), spec: { template: { spec } } };
}

export const hasOverlay = ({ settings: { tolerations, affinity } }: Deployment): boolean =>
  tolerations !== undefined || affinity !== undefined;
