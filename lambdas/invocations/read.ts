import { eventsAfter, findRunFor, isTerminal, timeOfRun } from '../engine';
import { RUNTIMES } from '../platform/runtimes';
import type { UseCases } from '../platform/http/endpoint';
import { cursorCodec } from '../platform/http/cursor';
import { fittingReply } from '../platform/http/reply-bytes';
import type { Ports } from './ports';
import type { invocationsRoutes } from './routes';
import { toInvocation, toSummary } from './view';

type Service = UseCases<typeof invocationsRoutes>;

export const getInvocation =
  (ports: Ports): Service['getInvocation'] =>
  async ({ params }, { principal }) => ({
    body: await toInvocation(await findRunFor(principal, params.id, ports), ports),
  });

export const getEvents =
  (ports: Ports): Service['getEvents'] =>
  async ({ params, query }, { principal }) => {
    const run = await findRunFor(principal, params.id, ports);
    const events = fittingReply(await eventsAfter(run, query.after, query.limit, ports));
    const nextAfter = events.at(-1)?.seq ?? query.after;
    return {
      body: { invocationId: run.id, events, nextAfter, complete: isTerminal(run.status) && nextAfter >= run.lastSeq },
    };
  };

/** The id of the last run of a page. */
const cursors = cursorCodec<string>(
  (id) => id,
  (text) => (timeOfRun(text) === undefined ? undefined : text),
);

export const listInvocations =
  (ports: Ports): Service['listInvocations'] =>
  async ({ query }, { principal }) => {
    const filter = { service: 'invocations', status: query.status, batchId: query.batchId };
    const page = await ports.index.list(
      principal.workspace,
      filter,
      query.limit,
      cursors.read(query.cursor),
      ports.clock.now(),
    );
    return {
      body: { items: page.runs.map(toSummary), nextCursor: page.next === undefined ? null : cursors.write(page.next) },
    };
  };

export const listRuntimes = (): Service['listRuntimes'] => () =>
  Promise.resolve({
    body: {
      runtimes: RUNTIMES.map(({ name, language, version, defaultHandler, aliases }) => ({
        name,
        language,
        version,
        defaultHandler,
        aliases: [...aliases],
      })),
    },
  });
