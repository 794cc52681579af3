import * as z from 'zod';
import { get, post, read, refusal, send, target, type Answer } from '../support/api';
import { completed, start } from '../support/invocations';
import { RuntimeList } from '../support/shapes';

const CODE = { code: 'def handler(event):\n    return 1\n', runtime: 'python' };
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const Platform = z.record(z.string(), z.string());
const Health = z.looseObject({ status: z.literal('healthy') });

describe('the shared paths', () => {
  test.each(['*/*', 'application/json', 'application/json, text/html;q=0.5'])(
    'GET / says what this is to a program that accepts %s',
    async (accept) => {
      const answer = await get('/', { headers: { Accept: accept } });
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
      const platform = read(answer, 200, Platform);
      expect(platform).toMatchObject({ name: 'Narae', service: 'narae', status: 'running', docs: '/docs' });
      expect(platform['version']).toMatch(/^\d+\.\d+\.\d+/);
    },
  );

  test('GET / is a page to a browser', async () => {
    const answer = await get('/', { headers: { Accept: BROWSER } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    expectNoForeignAssets(answer);
  });

  test.each(['/health', '/api/health'])('GET %s says that it can work', async (path) => {
    read(await get(path), 200, Health);
  });

  test('GET /openapi.json describes every path of the contract', async () => {
    const Description = z.looseObject({
      openapi: z.string().startsWith('3.'),
      paths: z.record(z.string(), z.record(z.string(), z.unknown())),
    });
    const { paths } = read(await get('/openapi.json'), 200, Description);
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described).toEqual(
      expect.arrayContaining([
        'POST /invocations',
        'POST /invocations/batch',
        'GET /invocations',
        'GET /invocations/{id}',
        'GET /invocations/{id}/events',
        'POST /invocations/{id}/cancel',
        'GET /stream/invocations/{id}',
        'GET /runtimes',
        'GET /health',
      ]),
    );
  });

  test('GET /openapi.json names no schema that it does not describe', async () => {
    const { text } = await get('/openapi.json');
    const { components } = JSON.parse(text) as { components: { schemas: Record<string, object> } };
    const names = [...text.matchAll(/"\$ref":\s*"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name ?? '');
    expect(names).toContain('InvocationRequest');
    for (const name of names) expect(Object.keys(components.schemas[name] ?? {})).toContain('type');
  });

  test.each(['/docs', '/redoc'])('GET %s is a page with assets of this installation only', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    expectNoForeignAssets(answer);
  });
});

test('what the documentation is made of can be kept for ever, and only what is there is served', async () => {
  const pages = await Promise.all(['/docs', '/redoc'].map((path) => get(path)));
  const files = pages.flatMap(({ text }) =>
    [...text.matchAll(/(?:src|href)="(\/docs\/[^"]+)"/g)].map(([, file]) => file),
  );
  expect(files).toHaveLength(3);
  for (const file of files) {
    const answer = await get(file ?? '');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(file?.includes('.css') ? /^text\/css/ : /^text\/javascript/);
    expect(answer.headers.get('cache-control')).toContain('immutable');
    expect(answer.text.length).toBeGreaterThan(100_000);
    const etag = answer.headers.get('etag') ?? '';
    expect((await get(file ?? '', { headers: { 'If-None-Match': etag } })).status).toBe(304);
  }
  refusal(await get('/docs/index.js'), 404, 'ROUTE_NOT_FOUND');
});

function expectNoForeignAssets({ text }: Answer): void {
  expect(text).not.toMatch(/(src|href)\s*=\s*["']?(https?:)?\/\//i);
  expect(text).not.toMatch(/url\(\s*["']?(https?:)?\/\//i);
}

describe('a trailing slash', () => {
  test('changes nothing on any path that is read', async () => {
    const { invocationId } = await completed(CODE);
    const paths = [
      '/health',
      '/api/health',
      '/runtimes',
      '/openapi.json',
      `/invocations/${invocationId}`,
      `/invocations/${invocationId}/events`,
    ];
    for (const path of paths) {
      const [plain, slashed] = await Promise.all([get(path), get(`${path}/`)]);
      expect([slashed.status, slashed.text]).toEqual([200, plain.text]);
    }
    expect((await get('/invocations/?limit=1')).status).toBe(200);
  });

  test('changes nothing on any path that is posted to', async () => {
    expect((await post('/invocations/', CODE)).status).toBe(202);
    expect((await post('/invocations/batch/', { invocations: [CODE] })).status).toBe(202);
    const { invocationId } = await completed(CODE);
    refusal(await post(`/invocations/${invocationId}/cancel/`), 409, 'INVOCATION_ALREADY_FINISHED');
  });
});

describe('X-Request-Id', () => {
  test('is on every answer and never the same', async () => {
    const { streamUrl } = await start(CODE);
    const answers = await Promise.all([
      get('/'),
      get('/health'),
      get('/nowhere'),
      get('/runtimes'),
      post('/invocations', CODE),
      post('/invocations', {}),
      send('DELETE', '/invocations'),
      get(streamUrl),
      get('/stream/invocations/inv-1'),
    ]);
    const ids = answers.map(({ headers }) => headers.get('x-request-id'));
    expect(ids).not.toContain(null);
    expect(new Set(ids).size).toBe(answers.length);
  });
});

describe('GET /runtimes', () => {
  test('lists what there is', async () => {
    const { runtimes } = read(await get('/runtimes'), 200, RuntimeList);
    expect(runtimes.map(({ aliases: _, ...rest }) => rest)).toEqual([
      { name: 'python3.13', language: 'python', version: '3.13', defaultHandler: 'main.handler' },
      { name: 'nodejs24', language: 'node', version: '24', defaultHandler: 'index.handler' },
    ]);
    const [python, node] = runtimes.map(({ aliases }) => aliases);
    expect(python).toEqual(
      expect.arrayContaining(['python', 'py', 'python3', 'python3.10', 'python3.11', 'python3.12']),
    );
    expect(node).toEqual(
      expect.arrayContaining(['node', 'nodejs', 'javascript', 'js', 'nodejs18', 'nodejs20', 'nodejs22']),
    );
  });

  test('needs no credentials', async () => {
    const response = await get('/runtimes', { to: { url: target().url, key: undefined } });
    expect(response.status).toBe(200);
  });
});
