import type { Deployment, DeploymentSettings } from '../../../../lambdas/builds/deploy-target';
import { Cluster } from '../../../../lambdas/builds/spin-target/cluster';
import { SpinConfiguration } from '../../../../lambdas/builds/spin-target/contract';
import { openCluster } from '../../../../lambdas/builds/spin-target/credentials';
import { SpinTarget } from '../../../../lambdas/builds/spin-target/spin-target';
import { StubApiServer } from './api-server';

/** Deployments to Kubernetes, for every class of answer that an API server has (docs/contracts/builds.md#semantics). */

const DIGEST = `sha256:${'7'.repeat(64)}`;
const SPIN_APP = '/apis/core.spinkube.dev/v1alpha1/namespaces/shop/spinapps/stockwatch';
const SCALER = '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/stockwatch-hpa';
const SECRET = '/api/v1/namespaces/shop/secrets/stockwatch-settings';
const DEPLOYMENT = '/apis/apps/v1/namespaces/shop/deployments/stockwatch';
const SERVICE = '/api/v1/namespaces/shop/services/stockwatch';
const NAMED = { metadata: { name: 'stockwatch' } };

let server: StubApiServer;
beforeAll(async () => {
  server = await StubApiServer.start();
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

const deployment = (settings: Partial<DeploymentSettings> = {}): Deployment => ({
  target: 'spin',
  app: { namespace: 'shop', name: 'stockwatch' },
  image: { repository: 'registry.example/team/app', digest: DIGEST },
  functionId: 'fn-1',
  workspaceId: 'ws-default',
  settings: { enableAutoscaling: true, useSpot: false, ...settings },
});

const reported: string[] = [];
const target = (configuration: object = {}, cluster = new Cluster(server.kubeConfig)): SpinTarget =>
  new SpinTarget({
    configuration: SpinConfiguration.parse(configuration),
    cluster: () => Promise.resolve(cluster),
    environmentOf: () => Promise.resolve({ SHOP_KEY: 'k-7719' }),
    report: (message) => reported.push(message),
  });

const lines = () => server.asked.map(({ line }) => line);
const applied = (path: string, manager = 'narae') =>
  server.asked.find(({ line }) => line === `PATCH ${path} ${manager}`)?.body;

test('applies a secret, the app and its scaler, and waits for the service', async () => {
  expect(await target().apply(deployment())).toEqual({ state: 'waiting', endpoint: null, warnings: [] });
  expect(lines()).toEqual([
    `GET ${SPIN_APP}`,
    `PATCH ${SECRET} narae`,
    `PATCH ${SPIN_APP} narae`,
    `PATCH ${SCALER} narae`,
    `GET ${SERVICE}`,
  ]);
  expect(applied(SPIN_APP)).toEqual({
    apiVersion: 'core.spinkube.dev/v1alpha1',
    kind: 'SpinApp',
    metadata: { namespace: 'shop', name: 'stockwatch', labels: { faas: 'true' } },
    spec: {
      image: `registry.example/team/app@${DIGEST}`,
      executor: 'containerd-shim-spin',
      enableAutoscaling: true,
      resources: { limits: { cpu: '500m', memory: '500Mi' }, requests: { cpu: '100m', memory: '400Mi' } },
      podLabels: { faas: 'true', function_id: 'fn-1' },
      podAnnotations: { 'narae.dev/settings': expect.stringMatching(/^[0-9a-f]{64}$/) as unknown },
      variables: [
        { name: 'narae_settings', valueFrom: { secretKeyRef: { name: 'stockwatch-settings', key: 'settings' } } },
      ],
    },
  });
  expect(applied(SCALER)).toMatchObject({
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'stockwatch' },
      minReplicas: 1,
      maxReplicas: 10,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
      ],
    },
  });
});

test('carries values of the environment in the secret alone', async () => {
  await target().apply(deployment({ timeoutSeconds: 10 }));
  const { data } = applied(SECRET) as { data: { settings: string } };
  expect(JSON.parse(Buffer.from(data.settings, 'base64').toString())).toEqual({
    env: { SHOP_KEY: 'k-7719' },
    context: { functionId: 'fn-1', timeoutMs: 10_000 },
  });
  expect(JSON.stringify(applied(SPIN_APP))).not.toContain('k-7719');
});

test('is ready with the address of the service as soon as there is one', async () => {
  server.objects.set(SERVICE, NAMED);
  expect(await target().apply(deployment())).toEqual({
    state: 'ready',
    endpoint: 'http://stockwatch.shop.svc.cluster.local',
    warnings: [],
  });
});

test('says how many there are, and removes the scaler, where nothing is to scale', async () => {
  server.objects.set(SCALER, NAMED);
  await target().apply(deployment({ enableAutoscaling: false, replicas: 3 }));
  expect(applied(SPIN_APP)).toMatchObject({ spec: { enableAutoscaling: false, replicas: 3 } });
  expect(server.objects.has(SCALER)).toBe(false);
});

test('takes the spot executor and the account that it is told', async () => {
  await target({ spotExecutor: 'spin-spot' }).apply(deployment({ useSpot: true, serviceAccount: 'robot' }));
  expect(applied(SPIN_APP)).toMatchObject({ spec: { executor: 'spin-spot', serviceAccountName: 'robot' } });
});

describe('tolerations and affinity', () => {
  const wanted = { tolerations: [{ key: 'gpu', operator: 'Exists' }] };
  const operators = { apiVersion: 'apps/v1', kind: 'Deployment' };

  test('wait for the Deployment, and are laid over it by a manager of their own', async () => {
    server.objects.set(SERVICE, NAMED);
    const withOverlays = target({ overlays: true });
    expect(await withOverlays.apply(deployment(wanted))).toMatchObject({ state: 'waiting', endpoint: null });
    server.objects.set(DEPLOYMENT, { ...operators, ...NAMED });
    expect(await withOverlays.apply(deployment(wanted))).toMatchObject({ state: 'ready' });
    expect(applied(DEPLOYMENT, 'narae-overlay')).toMatchObject({ spec: { template: { spec: wanted } } });
  });

  test('are taken away when they are no longer wanted', async () => {
    const metadata = { name: 'stockwatch', managedFields: [{ manager: 'narae-overlay' }] };
    server.objects.set(DEPLOYMENT, { ...operators, metadata });
    await target({ overlays: true }).apply(deployment());
    expect(applied(DEPLOYMENT, 'narae-overlay')).toMatchObject({ spec: { template: { spec: {} } } });
  });

  test('are left alone where the installation does not lay anything over', async () => {
    await target().apply(deployment(wanted));
    expect(lines().filter((line) => line.includes('deployments'))).toEqual([]);
  });
});

test('an app whose scaler is refused runs all the same, with a warning', async () => {
  server.troubles = [{ when: /horizontalpodautoscalers/, status: 403 }];
  expect((await target().apply(deployment())).warnings).toEqual([
    'enable_autoscaling: the autoscaler could not be set. The cluster does not let the platform do that.',
  ]);
  expect(reported).toContain('The scaler of an app could not be set');
});

test('leaves alone an app of that name that is not ours', async () => {
  server.objects.set(SPIN_APP, { metadata: { name: 'stockwatch', labels: { app: 'theirs' } } });
  await expect(target().apply(deployment())).rejects.toMatchObject({ name: 'AppNameTaken' });
  expect(await target().remove(deployment().app)).toBe('gone');
  expect(lines().every((line) => line.startsWith('GET'))).toBe(true);
});

test.each([
  [401, 'no', 'TargetRefused', /does not let/],
  [403, 'no', 'TargetRefused', /does not let/],
  [409, 'Operation cannot be fulfilled', 'TargetRefused', /cannot be fulfilled/],
  [422, 'spec.image: Required value', 'TargetRefused', /spec.image: Required value/],
  [400, 'x'.repeat(2_000), 'TargetRefused', /^The cluster refused the app: x{500}$/],
  [500, 'failed to create typed patch object: .spec.replicas: expected numeric', 'TargetRefused', /expected numeric/],
  [500, 'etcdserver: request timed out', 'TargetUnavailable', /does not answer/],
  [429, 'too many requests', 'TargetUnavailable', /does not answer/],
  [503, 'unavailable', 'TargetUnavailable', /does not answer/],
])('an answer %i "%.40s" is %s', async (status, message, name, told) => {
  server.troubles = [{ when: /^PATCH .*spinapps/, status, message }];
  const refused = { name, message: expect.stringMatching(told) as unknown };
  await expect(target().apply(deployment())).rejects.toMatchObject(refused);
});

test('a namespace that is not in the cluster is told apart', async () => {
  server.troubles = [{ when: /^PATCH/, status: 404, message: 'namespaces "shop" not found', kind: 'namespaces' }];
  await expect(target().apply(deployment())).rejects.toMatchObject({ name: 'NamespaceMissing' });
});

test('a cluster without the operator is unavailable', async () => {
  server.withoutOperator = true;
  const told = { name: 'TargetUnavailable', message: 'The cluster has no SpinApps.' };
  await expect(target().apply(deployment())).rejects.toMatchObject(told);
});

test('a cluster that cannot be reached, or keeps silent, is unavailable', async () => {
  const gone = await StubApiServer.start();
  const unreachable = target({}, new Cluster(gone.kubeConfig));
  gone.stop();
  await expect(unreachable.apply(deployment())).rejects.toMatchObject({ name: 'TargetUnavailable' });
  server.silent = true;
  await expect(target().apply(deployment())).rejects.toMatchObject({ name: 'TargetUnavailable' });
});

describe('removal', () => {
  test('takes away all that was applied, and is done when asked again', async () => {
    await target().apply(deployment());
    expect(await target().remove(deployment().app)).toBe('gone');
    expect([...server.objects.keys()]).toEqual([]);
    expect(await target().remove(deployment().app)).toBe('gone');
  });

  test('waits for an app that the operator still holds, and goes on from there', async () => {
    await target().apply(deployment());
    server.troubles = [{ when: /^DELETE .*spinapps/, status: 202 }];
    expect(await target().remove(deployment().app)).toBe('waiting');
    server.objects.delete(SPIN_APP);
    expect(await target().remove(deployment().app)).toBe('gone');
    expect([...server.objects.keys()]).toEqual([]);
  });
});

describe('credentials', () => {
  const ports = (secret: () => Promise<string>) => ({
    credentials: () => Promise.resolve({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }),
    secret,
    now: () => Date.UTC(2026, 10, 26),
  });
  const configured = SpinConfiguration.parse({ kubeconfigSecret: 'narae/kubeconfig' });

  test('nothing configured is unavailable', async () => {
    const never = ports(() => Promise.reject(new Error('nobody asked')));
    for (const configuration of [undefined, SpinConfiguration.parse({})])
      await expect(openCluster(configuration, never)).rejects.toMatchObject({ name: 'TargetUnavailable' });
  });

  test('a kubeconfig from a secret opens the cluster that it names', async () => {
    const cluster = await openCluster(
      configured,
      ports(() => Promise.resolve(server.kubeConfig.exportConfig())),
    );
    await cluster.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'shop', name: 'a' } }, 'narae');
    expect(lines()).toEqual(['PATCH /api/v1/namespaces/shop/secrets/a narae']);
  });

  test.each([
    ['is none', 'not: [a kubeconfig'],
    ['names no cluster', 'apiVersion: v1\nkind: Config\nclusters: []\n'],
    [
      'would run a program',
      JSON.stringify({
        clusters: [{ name: 'c', cluster: { server: 'http://127.0.0.1:9' } }],
        users: [{ name: 'u', user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'touch' } } }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x',
      }),
    ],
  ])('a kubeconfig that %s is refused', async (_, text) => {
    const opened = openCluster(
      configured,
      ports(() => Promise.resolve(text)),
    );
    await expect(opened).rejects.toMatchObject({ name: 'TargetUnavailable' });
  });
});
