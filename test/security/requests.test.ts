import { signTicket } from '../../lambdas/platform/auth/ticket';
import { SERVICES } from '../../lambdas/services';
import { get, post, refusal, send, type Target } from '../support/api';
import { start } from '../support/invocations';
import { authTarget, createKey } from '../support/keys';
import { guardedRoutes, titled } from '../support/served-routes';
import { ErrorBody, type Accepted } from '../support/shapes';
import { HOSTILE_REQUESTS } from './attacks/requests';
import { problemsWith, sendAsIs } from './field/hostile';
import { factsOf } from './host/machine';
import { ticketSecretOf } from './host/stored';

/** Requests that try to be what they are not. */

const CODE = { code: 'def handler(event):\n    return 1\n', runtime: 'python' };
/** A ticket is what the stream itself takes. */
const WITHOUT_TICKETS = guardedRoutes(SERVICES).filter(({ route }) => !('ticket' in (route.query?.shape ?? {})));

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

  test.each(titled(WITHOUT_TICKETS))('is no credential on %s', async (_, { route: { method, path } }) => {
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

describe('what is made up', () => {
  test.each(HOSTILE_REQUESTS.map((request) => [request.name, request] as const))(
    'does nothing: %s',
    async (_, request) => {
      const answer = await sendAsIs(me, request);
      expect(problemsWith(request, answer)).toEqual([]);
      if (answer.status >= 400) expect(ErrorBody.safeParse(JSON.parse(answer.text)).error).toBeUndefined();
    },
  );

  test('as a second credential does not widen the first', async () => {
    const headers = { Authorization: `Bearer nk_${'A'.repeat(43)}` };
    refusal(await get('/invocations', { to: me, headers }), 401, 'UNAUTHENTICATED');
  });
});

describe('a body', () => {
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
