import {
  type EndPorts,
  eventsAfter,
  isTerminal,
  type Log,
  type LoggedEvent,
  type LogStore,
  reapIfOverdue,
  type Run,
} from '../engine';
import type { Clock } from '../platform/time/clock';
import type { SentEvent } from './sse';

/** Something that has events, as it was read last. */
export interface Followed {
  readonly id: string;
  readonly workspace: string;
  readonly lastSeq: number;
  /** Nothing comes any longer. */
  readonly over: boolean;
  /** Epoch ms since when its first event is waited for; absent: it has one. */
  readonly awaitedSince?: number;
  /** Events with a seq above `after`, in order and without a gap, at most `limit`. */
  readonly eventsAfter: (after: number, limit: number) => Promise<readonly SentEvent[]>;
  /** The same as it is now, at its end if its time is over. */
  readonly again: () => Promise<Followed>;
}

export function followedRun(run: Run, ports: EndPorts): Followed {
  const followed: Followed = {
    id: run.id,
    workspace: run.workspace,
    lastSeq: run.lastSeq,
    over: isTerminal(run.status),
    eventsAfter: (after, limit) => eventsAfter(run, after, limit, ports),
    again: async () => {
      const read = await ports.store.get(run.workspace, run.id, ports.clock.now(), false);
      // A read that is behind is no news; neither is a run that expired while it was watched.
      return read && read.lastSeq >= run.lastSeq ? followedRun(await reapIfOverdue(read, ports), ports) : followed;
    },
  };
  return followed;
}

/** @param shown an event as its readers are promised it */
export function followedLog(
  log: Log,
  ports: { readonly logs: LogStore; readonly clock: Clock },
  shown: (event: LoggedEvent) => SentEvent,
): Followed {
  const followed: Followed = {
    id: log.id,
    workspace: log.workspace,
    lastSeq: log.lastSeq,
    over: log.over,
    ...awaited(log),
    eventsAfter: async (after, limit) => (await ports.logs.eventsAfter(log, after, limit)).map(shown),
    again: async () => {
      const now = ports.clock.now();
      const read = await ports.logs.find(log.kind, log.id, now, false);
      const isNews = read !== undefined && read.lastSeq >= log.lastSeq;
      return isNews ? followedLog(await ports.logs.settled(read, now), ports, shown) : followed;
    },
  };
  return followed;
}

/** An event as its writer has put it. */
export const asLogged = ({ seq, event, data }: LoggedEvent): SentEvent => ({ seq, event, data });

/** A deadline that moves is so long after what was added last: until something is, after the log was made or reopened. */
function awaited({ over, firstSeq = 1, lastSeq, deadlineAt, idleMs }: Log): Pick<Followed, 'awaitedSince'> {
  if (over || lastSeq >= firstSeq || deadlineAt === undefined || idleMs === undefined) return {};
  return { awaitedSince: deadlineAt - idleMs };
}
