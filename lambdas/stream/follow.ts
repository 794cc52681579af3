import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../platform/time/clock';
import type { OpenedStream } from './stream-request';
import { Pace } from './pace';
import { sseEvent, sseStart } from './sse';

/** Events read and written at once. */
const PAGE = 500;

/** Where a stream goes: `write` resolves when there is room for more; false when nobody listens any longer. */
export interface Sink {
  readonly write: (text: string) => Promise<boolean>;
}

/**
 * Sends the events of a log after `after`, then new ones as they come, until its end. None is lost and none sent twice: what
 * is sent is what stands in the log behind the last seq that was sent.
 * @param remainingMs what is left of this function's own time
 */
export async function follow(
  { followed: found, after, rules, wake }: OpenedStream,
  sink: Sink,
  clock: Clock,
  remainingMs: () => number,
): Promise<void> {
  const startedAt = clock.now();
  const endsAt = startedAt + Math.min(rules.connectionMs, remainingMs() - rules.heartbeatMs);
  const pace = new Pace(startedAt);
  let followed = found;
  let sent = after;
  let lastWriteAt = startedAt;
  let mayWake = wake;
  if (!(await sink.write(sseStart(rules.retryMs)))) return;
  for (;;) {
    const events = await followed.eventsAfter(sent, PAGE);
    const now = clock.now();
    const last = events.at(-1);
    if (last) {
      if (!(await sink.write(events.map(sseEvent).join('')))) return;
      sent = last.seq;
      lastWriteAt = now;
      pace.news(now);
      if (sent < followed.lastSeq) continue; // more is known to be there
    }
    if (followed.over && sent >= followed.lastSeq) return;
    if (now >= endsAt) return;
    if (now - lastWriteAt >= rules.heartbeatMs) {
      if (!(await sink.write(rules.heartbeat))) return;
      lastWriteAt = now;
    }
    if (mayWake && followed.awaitedSince !== undefined && now - followed.awaitedSince >= mayWake.afterMs) {
      await mayWake.begin();
      mayWake = undefined;
    }
    await setTimeout(pace.next(now));
    followed = await followed.again();
  }
}
