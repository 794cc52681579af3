import type { ServiceManifest } from '../../../lambdas/platform/manifest';
import { send, type Answer, type Target } from '../../support/api';
import { guardedRoutes, servedBy, titled, type ServedRoute } from '../../support/served-routes';
import { nobodys, type Owned } from './names';
import { makeOne } from './owned';
import { requestOn } from './requests';

/** Callers of a system that asks for keys. */
export interface Callers {
  readonly owner: Target;
  /** Of another workspace. */
  readonly stranger: Target;
  readonly nobody: Target;
}

const isReadable = ({ route: { method, scope, path }, operation, service: { owned } }: ServedRoute): boolean =>
  method === 'GET' &&
  scope === 'read' &&
  !owned?.anonymous?.includes(operation) &&
  !paramsOf(path).some((name) => owned?.params?.[name]?.everybodys);

/** Whether the route names one thing, which another workspace does not have. */
const namesOneThing = ({ route, service }: ServedRoute): boolean =>
  paramsOf(route.path)
    .map((name) => service.owned?.params?.[name])
    .some((one) => !one?.everybodys && !one?.emptyIfMissing);

const paramsOf = (path: string): string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);

/** docs/contracts/common.md#errors: another workspace's things are 404. Every route of every table is asked. */
export function describeWorkspaces(services: readonly ServiceManifest[], callers: () => Promise<Callers>): void {
  const routes = servedBy(services);
  const readable = routes.filter(isReadable);

  describe("another workspace's things", () => {
    let owner: Target;
    let stranger: Target;
    let nobody: Target;
    let owned: Owned;
    let before: Map<ServedRoute, string>;
    const nothing = nobodys(services);

    const ask = (served: ServedRoute, things: Owned, to: Target): Promise<Answer> => {
      const { method, path, headers, json } = requestOn(served, things);
      return send(method, path, { to, headers, ...(json !== undefined && { json }) });
    };
    /** What an answer tells of the owner's things that its caller did not say. */
    const tracesIn = ({ text }: Answer, request: object): string[] =>
      owned.traces.filter((trace) => text.includes(trace) && !JSON.stringify(request).includes(trace));
    /** What can be read of the owner's things, without what an address was signed with at the moment. */
    const readAll = async () => {
      const seen = new Map<ServedRoute, string>();
      for (const served of readable) {
        const { status, text } = await ask(served, owned, owner);
        seen.set(served, `${status} ${text.replace(/\?[^"\\]*/g, '')}`);
      }
      return seen;
    };

    beforeAll(async () => {
      ({ owner, stranger, nobody } = await callers());
      owned = await makeOne(services, owner);
      before = await readAll();
    }, 120_000);

    test.each(titled(readable))('%s shows them to their owner', (_, served) => {
      const seen = before.get(served) ?? '';
      expect(seen).toMatch(/^200 /);
      expect(owned.traces.filter((trace) => seen.includes(trace))).not.toEqual([]);
    });

    test.each(titled(routes))('look on %s as if there were none', async (_, served) => {
      const theirs = await ask(served, owned, stranger);
      const nobodys = await ask(served, nothing, stranger);
      expect(tracesIn(theirs, requestOn(served, owned))).toEqual([]);
      expect([theirs.status, codeOf(theirs)]).toEqual([nobodys.status, codeOf(nobodys)]);
      expect(theirs.status).toBeLessThan(500);
      if (namesOneThing(served)) expect(theirs.status).toBe(404);
    });

    const paged = routes.filter(({ route: { query } }) => query && 'cursor' in query.shape);
    if (paged.length > 0)
      test.each(titled(paged))('are not on the page of %s that their cursor leads to', async (_, served) => {
        const { path, headers } = requestOn(served, owned);
        const page = await send('GET', `${path}${path.includes('?') ? '&' : '?'}limit=1`, { to: owner, headers });
        const cursor = page.headers.get('x-next-cursor') ?? /"nextCursor":"([^"]+)"/.exec(page.text)?.[1];
        const next = `cursor=${encodeURIComponent(cursor ?? 'none')}`;
        const answer = await send('GET', `${path}${path.includes('?') ? '&' : '?'}${next}`, { to: stranger, headers });
        expect([200, 400, 404]).toContain(answer.status);
        expect(tracesIn(answer, { path })).toEqual([]);
      });

    test.each(titled(guardedRoutes(services)))('are shown by %s to nobody without a key', async (_, served) => {
      const answer = await ask(served, owned, nobody);
      expect([answer.status, codeOf(answer)]).toEqual([401, 'UNAUTHENTICATED']);
      expect(tracesIn(answer, requestOn(served, owned))).toEqual([]);
    });

    test('are as they were, after all that', async () => {
      const after = await readAll();
      for (const [served, text] of before)
        expect(`${served.route.path} ${after.get(served) ?? ''}`).toBe(`${served.route.path} ${text}`);
    });
  });
}

const codeOf = ({ text }: Answer): string | undefined => /^\{"error":\{"code":"([A-Z_]+)"/.exec(text)?.[1];
