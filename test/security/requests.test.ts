import { signTicket } from '../../lambdas/platform/ticket';
import { callbacksRoutes } from '../../lambdas/callbacks/routes';
import { functionsRoutes } from '../../lambdas/functions/routes';
import { invocationsRoutes } from '../../lambdas/invocations/routes';
import { jobsRoutes } from '../../lambdas/jobs/routes';
import type { Route } from '../../lambdas/platform/route';
import { get, post, refusal, send, type Answer, type Target } from '../support/api';
import { start } from '../support/invocations';
import { authTarget, createKey } from '../support/keys';
import { ErrorBody, type Accepted } from '../support/shapes';
import { factsOf } from './host/machine';
import { ticketSecretOf } from './host/stored';

/** Requests that try to be what they are not. */

const CODE = { code: 'def handler(event):\n    return 1\n', runtime: 'python' };
const ROOMS: readonly Route[] = [invocationsRoutes, jobsRoutes, callbacksRoutes, functionsRoutes].flatMap((table) =>
  Object.values<Route>(table),
);

let me: Target;
let run: Accepted;
let ticket: string;

beforeAll(async () => {
  me = authTarget((await createKey('requests', 'ws-requests', 'read,run')).key);
  run = await start(CODE, { to: me });
  ticket = new URL(run.streamUrl, me.url).searchParams.get('ticket') ?? '';
}, 120_000);

const streamOf = (id: string, withTicket: string) =>
  `/stream/invocations/${id}?ticket=${encodeURIComponent(withTicket)}`;

describe('a ticket', () => {
  const nobody = authTarget();

  test.each(
    ROOMS.filter(({ scope }) => scope !== 'public').map((route) => [`${route.method} ${route.path}`, route] as const),
  )('is no credential on %s', async (_, { method, path }) => {
    const where = path.replace(/\{id\}/, run.invocationId).replace(/\{\w+\}/g, '1');
    const tries = [
      { path: `${where}?ticket=${ticket}`, to: nobody },
      { path: where, to: authTarget(ticket) },
      { path: where, to: nobody, headers: { Authorization: `Bearer ${ticket}` } },
    ];
    for (const { path: tried, ...sent } of tries) {
      const { status, text } = await send(method, tried, { ...sent, ...(method !== 'GET' && { json: {} }) });
      expect([status, text]).toEqual([401, expect.stringContaining('"code":"UNAUTHENTICATED"')]);
    }
  });

  test('opens no other run, be it of the same workspace', async () => {
    const other = await start(CODE, { to: me });
    refusal(await get(streamOf(other.invocationId, ticket), { to: nobody }), 401, 'UNAUTHENTICATED');
  });

  describe('signed with the right key', () => {
    const hour = 3_600_000;
    const signed = async (more: object) => {
      const now = Date.now();
      const claims = {
        workspace: 'ws-requests',
        runId: run.invocationId,
        openUntil: now + hour,
        resumeUntil: now + hour,
      };
      const key = await ticketSecretOf(factsOf(process.env['NARAE_TEST_AUTH_STATE_DIR'] ?? ''));
      return streamOf(run.invocationId, signTicket(key, { ...claims, ...more }));
    };

    test('opens the stream: the tests below fail for what they say', async () => {
      expect((await get(await signed({}), { to: nobody })).status).toBe(200);
    });

    test.each([
      ['that has expired', { openUntil: Date.now() - 1_000 }],
      ['for another run', { runId: 'inv-00000000000000000000000000' }],
    ])('%s opens nothing', async (_, more) => {
      refusal(await get(await signed(more), { to: nobody }), 401, 'UNAUTHENTICATED');
    });

    test('that may no longer be resumed with, does not resume', async () => {
      const path = await signed({ resumeUntil: Date.now() - 1_000 });
      refusal(await get(path, { to: nobody, headers: { 'Last-Event-ID': '1' } }), 401, 'UNAUTHENTICATED');
    });

    test('names the workspace whose run it is, or finds nothing', async () => {
      refusal(await get(await signed({ workspace: 'ws-other' }), { to: nobody }), 404, 'INVOCATION_NOT_FOUND');
    });
  });
});

/** Refused, or taken for what it is; never a fault of ours, never more than one answer. */
function isHarmless({ status, headers, text }: Answer): void {
  expect(status).toBeLessThan(500);
  expect(headers.get('x-injected')).toBeNull();
  if (status >= 400) expect(ErrorBody.safeParse(JSON.parse(text)).success || text.includes('"detail"')).toBe(true);
}

describe('what is injected', () => {
  const CRLF = '%0d%0aX-Injected:%20yes%0d%0a%0d%0abody';

  test.each([
    `/invocations/inv-1${CRLF}`,
    `/stream/invocations/inv-1${CRLF}`,
    `/invocations?cursor=${CRLF}`,
    `/invocations?batchId=${CRLF}`,
    `/stream/invocations/inv-1?lastEventId=1${CRLF}`,
    `/stream/invocations/inv-1?ticket=${CRLF}`,
    `/nowhere${CRLF}`,
    '/invocations?limit=1&limit=100&limit=x',
    '/invocations?__proto__[limit]=1&constructor=x&limit[]=1&__proto__=1',
    '/invocations?status=COMPLETED%00&limit=10',
    '/invocations/%2e%2e/%2e%2e/health',
    '/invocations/..%2f..%2f..%2fetc%2fpasswd',
    '/invocations/%',
    '/invocations/%ff%fe',
    '/invocations?limit=%ff',
    `/invocations?cursor=${encodeURIComponent('{"pk":{"S":"ws-owner"},"sk":{"S":"x"}}')}`,
    `/invocations?cursor=${'A'.repeat(7_000)}`,
  ])('into an address does nothing: %s', async (path) => {
    isHarmless(await get(path, { to: me }));
  });

  test.each([
    ['Last-Event-ID', '1, 2'],
    ['Last-Event-ID', '99999999999999999999'],
    ['Last-Event-ID', '1\tX-Injected: yes'],
    ['Idempotency-Key', 'a'.repeat(256)],
    ['Idempotency-Key', '../../x'],
    ['Idempotency-Key', 'caf\u00e9'],
    ['Origin', 'https://evil.example'],
    ['X-Forwarded-Host', 'evil.example'],
    ['X-Forwarded-For', '127.0.0.1, ::1'],
    ['X-Narae-Origin', 'forged'],
    ['X-HTTP-Method-Override', 'DELETE'],
    ['X-User-ID', 'ws-owner'],
    ['X-Request-Id', 'x\tSet-Cookie: a=b'],
    ['X-Amzn-Trace-Id', 'Root=1-00000000-000000000000000000000000'],
    ['X-Amz-Tenant-Id', 'ws-owner'],
    ['Content-Type', 'application/x-www-form-urlencoded'],
    ['Content-Encoding', 'gzip'],
    ['Transfer-Encoding', 'gzip, chunked'],
    ['Connection', 'X-API-Key, close'],
  ])('into the header %s does nothing: %s', async (name, value) => {
    const raw = JSON.stringify({ ...CODE, payload: name });
    // fetch itself refuses some of them; what it lets through must be taken well.
    const answer = await send('POST', '/invocations', { to: me, raw, headers: { [name]: value } }).catch(
      () => undefined,
    );
    if (answer === undefined) return;
    isHarmless(answer);
    expect(answer.text + JSON.stringify([...answer.headers])).not.toMatch(/evil\.example|forged|ws-owner/);
  });

  test('as a second credential does not widen the first', async () => {
    const headers = { Authorization: `Bearer nk_${'A'.repeat(43)}` };
    refusal(await get('/invocations', { to: me, headers }), 401, 'UNAUTHENTICATED');
  });
});

describe('a body', () => {
  const MIB = 1024 * 1024;

  test.each([
    ['of 7 MB', Buffer.alloc(7 * MIB, ' '), 413],
    ['of 12 MB', Buffer.alloc(12 * MIB, ' '), 413],
    ['of 100,000 levels', Buffer.from('['.repeat(100_000)), 400],
    ['of 100,000 levels that are closed', Buffer.from('['.repeat(100_000) + ']'.repeat(100_000)), 400],
    ['that is not UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22]), 400],
    ['that is compressed', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]), 400],
    ['with a key that reaches a prototype', Buffer.from('{"__proto__":{"code":"x","runtime":"python"}}'), 400],
    ['with a number that is none', Buffer.from('{"code":"x","runtime":"python","timeoutMs":1e999}'), 400],
    ['with half a character', Buffer.from('{"code":"\\ud800","runtime":"python","handler":"\\udfff"}'), 400],
    ['that is nothing', Buffer.alloc(0), 400],
  ])('%s is refused', async (_, raw, status) => {
    const answer = await send('POST', '/invocations', { to: me, raw });
    expect(answer.status).toBe(status);
    expect(ErrorBody.safeParse(JSON.parse(answer.text)).error).toBeUndefined();
  });

  test('with keys twice means the last one, for all who read it', async () => {
    const raw = '{"code":"def handler(e):\\n    return 1\\n","runtime":"java21","runtime":"python"}';
    expect((await send('POST', '/invocations', { to: me, raw })).status).toBe(202);
  });

  test('of a batch of 100 that each ask for all there is, is taken or refused as a whole', async () => {
    const item = { ...CODE, timeoutMs: 900_001, memoryMb: 4_000 };
    const answer = await post(
      '/invocations/batch',
      { invocations: Array.from({ length: 100 }, () => item) },
      { to: me },
    );
    refusal(answer, 400, 'VALIDATION_ERROR');
  });
});
