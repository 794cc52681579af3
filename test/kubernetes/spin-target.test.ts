import { readFileSync } from 'node:fs';
import path from 'node:path';
import { KubernetesObjectApi, PatchStrategy, type KubernetesObject } from '@kubernetes/client-node';
import type { Deployment, DeploymentSettings } from '../../lambdas/builds/deploy-target';
import { Cluster } from '../../lambdas/builds/spin-target/cluster';
import { SpinConfiguration } from '../../lambdas/builds/spin-target/contract';
import { SpinTarget } from '../../lambdas/builds/spin-target/spin-target';
import { waitFor } from '../support/wait';
import { ApiServer } from './api-server';

/** Deployments to Kubernetes, taken by a real API server with the operator's own definition of a SpinApp. */

const DEADLINE_MS = 240_000;
const CRD = path.join(__dirname, 'spinapp-crd.json');
const NAMESPACE = 'shop';

let server: ApiServer;
let objects: KubernetesObjectApi;

beforeAll(async () => {
  server = await ApiServer.start();
  objects = KubernetesObjectApi.makeApiClient(server.config('of-an-admin'));
  await create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
}, DEADLINE_MS);

afterAll(() => server.stop());

const deployment = (name: string, settings: Partial<DeploymentSettings> = {}, namespace = NAMESPACE): Deployment => ({
  target: 'spin',
  app: { namespace, name },
  image: { repository: 'registry.example/team/app', digest: `sha256:${'7'.repeat(64)}` },
  functionId: 'fn-1',
  workspaceId: 'ws-default',
  settings: { enableAutoscaling: true, useSpot: false, ...settings },
});

const target = (token = 'of-an-admin', configuration: object = { overlays: true }): SpinTarget =>
  new SpinTarget({
    configuration: SpinConfiguration.parse(configuration),
    cluster: () => Promise.resolve(new Cluster(server.config(token))),
    environmentOf: () => Promise.resolve({ SHOP_KEY: 'k-7719' }),
    report: () => undefined,
  });

const read = (
  apiVersion: string,
  kind: string,
  name: string,
): Promise<Readonly<Record<string, unknown>> & KubernetesObject> =>
  objects.read({ apiVersion, kind, metadata: { namespace: NAMESPACE, name } });

const create = (object: object): Promise<KubernetesObject> => objects.create(object);

/** What the operator would make of an app. */
async function operate(name: string): Promise<void> {
  const labels = { app: name };
  await create({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: NAMESPACE, name },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'registry.example/app' }] } },
    },
  });
  await create({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: NAMESPACE, name },
    spec: { selector: labels, ports: [{ port: 80 }] },
  });
}

test('a cluster without SpinApps is unavailable', async () => {
  await expect(target().apply(deployment('early'))).rejects.toMatchObject({ name: 'TargetUnavailable' });
});

describe('with the definition of SpinApps', () => {
  beforeAll(async () => {
    const definition = JSON.parse(readFileSync(CRD, 'utf8')) as KubernetesObject;
    await objects.patch(definition, undefined, undefined, 'test', true, PatchStrategy.ServerSideApply);
    // It is served a moment after it is known.
    await waitFor(
      'SpinApps to be taken',
      () =>
        target()
          .apply(deployment('first'))
          .catch(() => undefined),
      {
        deadlineMs: 60_000,
        everyMs: 500,
      },
    );
  }, DEADLINE_MS);

  test('an app waits for its service, is ready with it, and an equal deploy changes nothing', async () => {
    expect(await target().apply(deployment('stock'))).toMatchObject({ state: 'waiting', warnings: [] });
    const app = await read('core.spinkube.dev/v1alpha1', 'SpinApp', 'stock');
    expect(app['spec']).toMatchObject({ executor: 'containerd-shim-spin', enableAutoscaling: true });
    expect(await read('autoscaling/v2', 'HorizontalPodAutoscaler', 'stock-hpa')).toMatchObject({
      spec: { minReplicas: 1, maxReplicas: 10, scaleTargetRef: { name: 'stock' } },
    });
    await operate('stock');
    expect(await target().apply(deployment('stock'))).toEqual({
      state: 'ready',
      endpoint: 'http://stock.shop.svc.cluster.local',
      warnings: [],
    });
    const after = await read('core.spinkube.dev/v1alpha1', 'SpinApp', 'stock');
    expect(after.metadata?.resourceVersion).toBe(app.metadata?.resourceVersion);
  });

  test('autoscaling off: a number in place of the scaler, and back again', async () => {
    await target().apply(deployment('counted'));
    await target().apply(deployment('counted', { enableAutoscaling: false, replicas: 3 }));
    const counted = await read('core.spinkube.dev/v1alpha1', 'SpinApp', 'counted');
    expect(counted['spec']).toMatchObject({ enableAutoscaling: false, replicas: 3 });
    await expect(read('autoscaling/v2', 'HorizontalPodAutoscaler', 'counted-hpa')).rejects.toMatchObject({ code: 404 });
    await target().apply(deployment('counted'));
    const scaled = await read('core.spinkube.dev/v1alpha1', 'SpinApp', 'counted');
    expect(scaled['spec']).not.toHaveProperty('replicas');
  });

  test('an overlay leaves alone what the operator said, and goes as it came', async () => {
    await target().apply(deployment('laid'));
    await operate('laid');
    const tolerations = [{ key: 'gpu', operator: 'Exists' }];
    await target().apply(deployment('laid', { tolerations }));
    const laid = await read('apps/v1', 'Deployment', 'laid');
    expect(laid['spec']).toMatchObject({
      replicas: 2,
      template: { spec: { tolerations, containers: [{ name: 'app', image: 'registry.example/app' }] } },
    });
    await target().apply(deployment('laid'));
    const bare = await read('apps/v1', 'Deployment', 'laid');
    expect(bare['spec']).toMatchObject({ replicas: 2, template: { spec: { containers: [{ name: 'app' }] } } });
    expect(JSON.stringify(bare['spec'])).not.toContain('gpu');
  });

  test('an overlay of the wrong form is refused, in words', async () => {
    await target().apply(deployment('odd'));
    await operate('odd');
    const refused = target().apply(deployment('odd', { tolerations: [{ key: 7 }] }));
    await expect(refused).rejects.toMatchObject({ name: 'TargetRefused' });
  });

  test('a namespace that is not there, a stranger, and nobody are told apart', async () => {
    const missing = target().apply(deployment('lost', {}, 'nowhere'));
    await expect(missing).rejects.toMatchObject({ name: 'NamespaceMissing' });
    for (const token of ['of-a-stranger', 'of-nobody'])
      await expect(target(token).apply(deployment('lost'))).rejects.toMatchObject({ name: 'TargetRefused' });
  });

  test('an app of somebody else keeps its name', async () => {
    await create({
      apiVersion: 'core.spinkube.dev/v1alpha1',
      kind: 'SpinApp',
      metadata: { namespace: NAMESPACE, name: 'theirs' },
      spec: { image: 'theirs', executor: 'containerd-shim-spin', replicas: 1 },
    });
    await expect(target().apply(deployment('theirs'))).rejects.toMatchObject({ name: 'AppNameTaken' });
  });

  test('removal takes all of it away', async () => {
    await target().apply(deployment('brief'));
    expect(await target().remove(deployment('brief').app)).toBe('gone');
    for (const [apiVersion, kind, name] of [
      ['core.spinkube.dev/v1alpha1', 'SpinApp', 'brief'],
      ['autoscaling/v2', 'HorizontalPodAutoscaler', 'brief-hpa'],
      ['v1', 'Secret', 'brief-settings'],
    ] as const)
      await expect(read(apiVersion, kind, name)).rejects.toMatchObject({ code: 404 });
  });
});
