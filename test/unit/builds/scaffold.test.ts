import { parse } from 'yaml';
import { scaffold } from '../../../lambdas/builds/scaffold/scaffold';
import { ScaffoldRequest } from '../../../lambdas/builds/contract';
import { ANYBODY } from '../../../lambdas/platform/auth/principal';

const CALL = { principal: ANYBODY, requestId: 'req-1', headers: {}, rawQuery: '', remainingMs: () => 25_000 };

async function written(request: object) {
  const { body } = await scaffold({ params: undefined, query: undefined, body: ScaffoldRequest.parse(request) }, CALL);
  return body;
}

const HOST = '111122223333.dkr.ecr.ap-northeast-2.amazonaws.com';

test('writes the manifest of the contract, byte by byte', async () => {
  expect(await written({ image_ref: `${HOST}/stock-api:v4`, component: 'api', replicas: 2 })).toEqual({
    success: true,
    file_path: null,
    error: null,
    ignored_fields: [],
    warnings: [],
    yaml_content: `apiVersion: core.spinkube.dev/v1alpha1\nkind: SpinApp\nmetadata:\n  name: stock-api\nspec:\n  image: "${HOST}/stock-api:v4"\n  executor: containerd-shim-spin\n  replicas: 2\n  components:\n    - api\n`,
  });
});

test('one replica and no components without wishes; output_path is named as ignored', async () => {
  const { yaml_content, ignored_fields, warnings } = await written({
    image_ref: 'team/App:v1'.toLowerCase(),
    output_path: '/etc/x',
  });
  const { spec } = parse(yaml_content ?? '') as { spec: object };
  expect(spec).toEqual({ image: 'team/app:v1', executor: 'containerd-shim-spin', replicas: 1 });
  expect([ignored_fields, warnings]).toEqual([['output_path'], []]);
});

test.each(['no', 'on', 'yes', 'y', 'true', 'null', 'off'])(
  'a component named %s stays text for readers of YAML 1.1',
  async (component) => {
    const { yaml_content } = await written({ image_ref: 'app:v1', component });
    const { spec } = parse(yaml_content ?? '', { version: '1.1' }) as { spec: { components: string[] } };
    expect(spec.components).toEqual([component]);
  },
);

test.each([
  ['registry.test/123:v1', '123'],
  ['registry.test/1e3', '1e3'],
  ['registry.test/a.b_c@sha256:' + 'a'.repeat(64), 'a-b-c'],
  [`registry.test/${'x'.repeat(80)}`, 'x'.repeat(63)],
])('the name of %s is the text %s', async (image_ref, name) => {
  const { yaml_content } = await written({ image_ref });
  const { metadata, spec } = parse(yaml_content ?? '', { version: '1.1' }) as {
    metadata: object;
    spec: { image: string };
  };
  expect([metadata, spec.image]).toEqual([{ name }, image_ref]);
});

test.each([
  'not an image',
  '',
  'app:v1"\n  evil: true',
  'app:v1\nkind: Pod',
  'app: v1',
  'app #comment',
  'APP:v1',
  '/app',
  'app:',
  'app@sha256:abc',
  'host.test//app',
  '${HOME}/app',
])('%j is no image', async (image_ref) => {
  expect(await written({ image_ref })).toMatchObject({
    success: false,
    yaml_content: null,
    error: 'image_ref is not an OCI image reference',
  });
});

test.each([
  { replicas: 0 },
  { replicas: 101 },
  { replicas: '2' },
  { component: 'A' },
  { component: 'a: b' },
  { component: 'a\n- b' },
])('the request refuses %j', (wrong) => {
  expect(ScaffoldRequest.safeParse({ image_ref: 'app:v1', ...wrong }).success).toBe(false);
});
