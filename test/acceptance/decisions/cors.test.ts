import { get, post, send, target } from '../../support/api';
import { compile } from '../../support/decided';
import { OPERATIONS, pathWith } from '../../support/decision-operations';
import { AS_USER, ISSUES, openRun } from '../../support/decisions';

/** docs/contracts/decisions.md#existing-clients: what a page of any origin may send and read, a desktop shell included. */

const HEADERS = [
  ...['X-User-ID', 'Content-Type', 'Accept', 'Last-Event-ID', 'Cache-Control', 'If-Match', 'Idempotency-Key'],
];
const ORIGINS = ['null', 'https://console.example', 'http://localhost:3000'];
const list = (value: string | null) => (value ?? '').toLowerCase().split(/\s*,\s*/);

let ids: Readonly<Record<string, string>>;
beforeAll(async () => {
  const { issueId, runId, cardId } = await compile(ISSUES.D);
  ids = { issue_id: issueId, run_id: runId, card_id: cardId, index: '0', person_id: 'person-lead-1' };
});

describe.each(ORIGINS)('a page of the origin %s', (Origin) => {
  test.each(OPERATIONS.map((operation) => [operation.method, operation.path] as const))(
    'may ask before %s %s, without saying who asks',
    async (method, path) => {
      for (const where of [pathWith(path, ids), `${pathWith(path, ids).replace(/\/$/, '')}/`]) {
        const { status, headers, text } = await send('OPTIONS', where, {
          to: { url: target().url, key: undefined },
          headers: {
            ...{ Origin, 'Access-Control-Request-Method': method },
            'Access-Control-Request-Headers': HEADERS.join(', ').toLowerCase(),
          },
        });
        expect([status, text]).toEqual([204, '']);
        expect(headers.get('access-control-allow-origin')).toBe('*');
        expect(list(headers.get('access-control-allow-methods'))).toContain(method.toLowerCase());
        expect(list(headers.get('access-control-allow-headers'))).toEqual(
          expect.arrayContaining(HEADERS.map((name) => name.toLowerCase())),
        );
      }
    },
  );

  test('may read answers and refusals, and the ETag of a card', async () => {
    const sent = { headers: { ...AS_USER, Origin } };
    const { run_id = '', card_id = '' } = ids;
    const answers = await Promise.all([
      get('/api/issues/?limit=1', sent),
      get(`/api/decisions/${card_id}`, sent),
      get('/api/persons/me', sent),
      post('/api/issues/', ISSUES.D, sent),
      post(`/api/meetings/${run_id}`, { notes: 'x' }, sent),
      post('/api/issues/', {}, sent),
      get('/api/issues/', { headers: { Origin } }),
      get('/api/issues/x', sent),
      send('PUT', '/api/issues/', sent),
      get(`/api/decisions/stream/${run_id}`, { headers: { Origin } }),
      send('POST', `/api/virtual-meetings/generate/${run_id}`, { ...sent, raw: '{' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 201, 201, 400, 401, 404, 405, 401, 400]);
    for (const { headers, url } of answers) {
      expect({ url, allowed: headers.get('access-control-allow-origin') }).toEqual({ url, allowed: '*' });
      expect(headers.get('access-control-allow-credentials')).toBeNull();
      expect(list(headers.get('access-control-expose-headers'))).toContain('etag');
    }
    expect(answers[1].headers.get('etag')).toMatch(/^"\d+"$/);
  });

  test('may read the stream of a run', async () => {
    const { status, headers } = await openRun(ids['run_id'] ?? '', { ...AS_USER, Origin }).head;
    expect(status).toBe(200);
    expect(headers.get('access-control-allow-origin')).toBe('*');
  });
});
