import { get, post, send, target } from '../support/api';
import { start } from '../support/invocations';

const CODE = { code: 'def handler(event):\n    return 1\n', runtime: 'python' };
const APP = 'https://app.example';

const EXPOSED = [
  'X-Request-Id',
  'X-Next-Cursor',
  'ETag',
  'Retry-After',
  'Idempotency-Replayed',
  'Location',
  'X-Log-Id',
];
const REQUEST_HEADERS = [
  'Content-Type',
  'Authorization',
  'X-API-Key',
  'Idempotency-Key',
  'Last-Event-ID',
  'X-User-ID',
  'If-Match',
  'Accept',
  'Cache-Control',
  'traceparent',
  'tracestate',
];

const list = (value: string | null) => (value ?? '').toLowerCase().split(/\s*,\s*/);

/** See docs/contracts/common.md#requests, docs/contracts/invocations.md#what-existing-clients-rely-on. */
describe('CORS', () => {
  test.each([APP, 'null', 'http://localhost:3000'])('lets a page of %s read every answer', async (origin) => {
    const sent = { headers: { Origin: origin } };
    const { streamUrl, invocationId } = await start(CODE);
    const answers = await Promise.all([
      get('/', sent),
      get('/health', sent),
      get('/runtimes', sent),
      get(`/invocations/${invocationId}`, sent),
      get(streamUrl, sent),
      post('/invocations', CODE, sent),
      post('/invocations', {}, sent),
      send('POST', '/invocations', { raw: '{', ...sent }),
      post('/invocations', { ...CODE, payload: 'x'.repeat(7 * 1024 * 1024) }, sent),
      get('/invocations/inv-1', sent),
      get('/stream/invocations/inv-1', sent),
      get('/nowhere', sent),
      send('PUT', '/invocations', sent),
      send('POST', '/stream/invocations/inv-1', sent),
    ]);
    for (const { headers, url, status } of answers) {
      const allowed = headers.get('access-control-allow-origin');
      expect({ url, status, allowed }).toEqual({ url, status, allowed: expect.stringMatching(/^\*$/) as unknown });
      expect(headers.get('access-control-allow-credentials')).toBeNull();
      expect(list(headers.get('access-control-expose-headers'))).toEqual(
        expect.arrayContaining(EXPOSED.map((name) => name.toLowerCase())),
      );
    }
  });

  test.each([
    ['POST', '/invocations'],
    ['POST', '/invocations/'],
    ['GET', '/invocations'],
    ['POST', '/invocations/batch'],
    ['GET', '/invocations/inv-1'],
    ['GET', '/invocations/inv-1/events'],
    ['POST', '/invocations/inv-1/cancel'],
    ['GET', '/stream/invocations/inv-1'],
    ['GET', '/runtimes'],
    ['GET', '/health'],
    ['GET', '/nowhere'],
  ])('answers the preflight of %s %s without credentials', async (method, path) => {
    const { status, headers } = await send('OPTIONS', path, {
      to: { url: target().url, key: undefined },
      headers: {
        Origin: APP,
        'Access-Control-Request-Method': method,
        'Access-Control-Request-Headers': REQUEST_HEADERS.join(',').toLowerCase(),
      },
    });
    expect([200, 204]).toContain(status);
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(list(headers.get('access-control-allow-methods'))).toContain(method.toLowerCase());
    expect(list(headers.get('access-control-allow-headers'))).toEqual(
      expect.arrayContaining(REQUEST_HEADERS.map((name) => name.toLowerCase())),
    );
    expect(headers.get('access-control-max-age')).toBe('600');
  });

  test('answers the preflight of a page without an origin', async () => {
    const { status, headers } = await send('OPTIONS', '/invocations', {
      headers: {
        Origin: 'null',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'content-type',
      },
    });
    expect([200, 204]).toContain(status);
    expect(headers.get('access-control-allow-origin')).toBe('*');
  });
});
