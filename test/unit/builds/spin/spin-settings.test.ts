import { eksToken } from '../../../../lambdas/builds/spin-target/credentials';
import { requestAboveLimit, resourcesOf } from '../../../../lambdas/builds/spin-target/resources';
import { ignoredOnSpin } from '../../../../lambdas/builds/spin-target/settings';

/** What Kubernetes makes of the fields of a deploy (docs/contracts/builds.md#semantics). */

test.each([
  [{}, { cpu: '500m', memory: '500Mi' }, { cpu: '100m', memory: '400Mi' }],
  [
    { cpuLimit: '0.05', memoryLimit: '128Mi' },
    { cpu: '0.05', memory: '128Mi' },
    { cpu: '0.05', memory: '128Mi' },
  ],
  [
    { memoryLimit: '1G', memoryRequest: '600M' },
    { cpu: '500m', memory: '1G' },
    { cpu: '100m', memory: '600M' },
  ],
])('resources of %j', (given, limits, requests) => {
  expect(resourcesOf(given)).toEqual({ limits, requests });
  expect(requestAboveLimit(given)).toBeUndefined();
});

test.each([
  [{ cpuRequest: '2' }, 'cpu_request'],
  [{ cpuLimit: '250m', cpuRequest: '0.3' }, 'cpu_request'],
  [{ memoryRequest: '501Mi' }, 'memory_request'],
  [{ memoryLimit: '1M', memoryRequest: '1Mi' }, 'memory_request'],
])('a request above its limit is named: %j', (given, field) => {
  expect(requestAboveLimit(given)).toBe(field);
});

test('names what the installation cannot do, in the order of the request', () => {
  const sent = { custom_affinity: {}, replicas: 3, use_spot: true, custom_tolerations: null, cpu_limit: '1' };
  expect(ignoredOnSpin(sent, { spotExecutor: undefined, overlays: false })).toEqual({
    ignoredFields: ['custom_affinity', 'replicas', 'use_spot'],
    warnings: [
      'custom_affinity: this installation lays nothing over the Deployments of the operator',
      'replicas: autoscaling decides how many there are',
      'use_spot: this installation has no spot executor',
    ],
  });
});

test('ignores nothing where all of it is to be had', () => {
  const sent = { enable_autoscaling: false, replicas: 3, use_spot: true, custom_tolerations: [], custom_affinity: {} };
  expect(ignoredOnSpin(sent, { spotExecutor: 'spin-spot', overlays: true }).ignoredFields).toEqual([]);
});

test('a token for EKS is a presigned question to STS that names the cluster', async () => {
  const token = await eksToken(
    { name: 'shop', region: 'ap-northeast-2' },
    {
      credentials: () => Promise.resolve({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }),
      now: () => Date.UTC(2026, 10, 26),
    },
  );
  expect(token).toMatch(/^k8s-aws-v1\.[A-Za-z0-9_-]+$/);
  const url = new URL(Buffer.from(token.slice('k8s-aws-v1.'.length), 'base64url').toString());
  expect(url.host).toBe('sts.ap-northeast-2.amazonaws.com');
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    Action: 'GetCallerIdentity',
    'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
    'X-Amz-Expires': '60',
    'X-Amz-Date': '20261126T000000Z',
    'X-Amz-Signature': expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
  });
});
