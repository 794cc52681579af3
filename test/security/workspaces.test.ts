import { callbacksRoutes } from '../../lambdas/callbacks/routes';
import { invocationsRoutes } from '../../lambdas/invocations/routes';
import { jobsRoutes } from '../../lambdas/jobs/routes';
import type { Route } from '../../lambdas/platform/route';
import { streamRoutes } from '../../lambdas/stream/routes';
import { send, type Answer, type Target } from '../support/api';
import { authTarget, createKey } from '../support/keys';
import { makeOne, NOBODYS, type Owned } from './workspaces/owned';
import { requestOn } from './workspaces/requests';

/** Of the functions room, whose paths name workspaces, test/acceptance/functions looks after. */
const ROUTES: readonly Route[] = [invocationsRoutes, jobsRoutes, callbacksRoutes, streamRoutes].flatMap((table) =>
  Object.values<Route>(table),
);
const named = (routes: readonly Route[]) => routes.map((route) => [`${route.method} ${route.path}`, route] as const);
const readable = ROUTES.filter(
  ({ method, scope, path }) => method === 'GET' && scope === 'read' && !path.includes('{cluster}'),
);

/** Contract: common, "Errors": another workspace's things are 404. Every route of every table is asked. */
describe("another workspace's things", () => {
  let owner: Target;
  let stranger: Target;
  let owned: Owned;
  let before: Map<Route, string>;

  const ask = (route: Route, things: Owned, to: Target): Promise<Answer> => {
    const { method, path, json } = requestOn(route, things);
    return send(method, path, { to, ...(json !== undefined && { json }) });
  };
  /** What an answer tells of the owner's things that its caller did not say. */
  const tracesIn = ({ text }: Answer, request: object): string[] =>
    owned.traces.filter((trace) => text.includes(trace) && !JSON.stringify(request).includes(trace));
  /** What can be read of the owner's things, without what an address was signed with at the moment. */
  const readAll = async () => {
    const seen = new Map<Route, string>();
    for (const route of readable) {
      const { status, text } = await ask(route, owned, owner);
      seen.set(route, `${status} ${text.replace(/\?[^"\\]*/g, '')}`);
    }
    return seen;
  };

  beforeAll(async () => {
    owner = authTarget((await createKey('owner', 'ws-owner', 'read,run,write')).key);
    stranger = authTarget((await createKey('stranger', 'ws-stranger', 'read,run,write')).key);
    owned = await makeOne(owner);
    before = await readAll();
  }, 120_000);

  test.each(named(readable))('%s shows them to their owner', (_, route) => {
    const seen = before.get(route) ?? '';
    expect(seen).toMatch(/^200 /);
    expect(owned.traces.filter((trace) => seen.includes(trace))).not.toEqual([]);
  });

  test.each(named(ROUTES))('look on %s as if there were none', async (_, route) => {
    const theirs = await ask(route, owned, stranger);
    const nobodys = await ask(route, NOBODYS, stranger);
    expect(tracesIn(theirs, requestOn(route, owned))).toEqual([]);
    expect([theirs.status, codeOf(theirs)]).toEqual([nobodys.status, codeOf(nobodys)]);
    expect(theirs.status).toBeLessThan(500);
    if (/\{(?!cluster|project)/.test(route.path)) expect(theirs.status).toBe(404);
  });

  test.each(named(ROUTES.filter(({ query }) => query && 'cursor' in query.shape)))(
    'are not on the page of %s that their cursor leads to',
    async (_, route) => {
      const { path } = requestOn(route, owned);
      const page = await send('GET', `${path}${path.includes('?') ? '&' : '?'}limit=1`, { to: owner });
      const cursor = page.headers.get('x-next-cursor') ?? /"nextCursor":"([^"]+)"/.exec(page.text)?.[1];
      const next = `cursor=${encodeURIComponent(cursor ?? 'none')}`;
      const answer = await send('GET', `${path}${path.includes('?') ? '&' : '?'}${next}`, { to: stranger });
      expect([200, 400, 404]).toContain(answer.status);
      expect(tracesIn(answer, { path })).toEqual([]);
    },
  );

  test.each(named(ROUTES.filter(({ scope }) => scope !== 'public')))(
    'are shown by %s to nobody without a key',
    async (_, route) => {
      const answer = await ask(route, owned, authTarget());
      expect([answer.status, codeOf(answer)]).toEqual([401, 'UNAUTHENTICATED']);
      expect(tracesIn(answer, requestOn(route, owned))).toEqual([]);
    },
  );

  test('are as they were, after all that', async () => {
    const after = await readAll();
    for (const [route, text] of before) expect(`${route.path} ${after.get(route) ?? ''}`).toBe(`${route.path} ${text}`);
  });
});

const codeOf = ({ text }: Answer): string | undefined => /^\{"error":\{"code":"([A-Z_]+)"/.exec(text)?.[1];
