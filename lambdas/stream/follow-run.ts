import { setTimeout } from 'node:timers/promises';
import { type EndPorts, eventsAfter, isTerminal, reapIfOverdue, type Run } from '../engine';
import { Pace } from './pace';
import { SSE_HEARTBEAT, SSE_START, sseEvent } from './sse';

/** A comment goes out after so long without an event (docs/contracts/invocations.md#opening-a-stream). */
const HEARTBEAT_MS = 15_000;
/**
 * A stream is cut between events after so long on one connection; the client resumes
 * (docs/contracts/invocations.md#reconnecting).
 */
const MAX_STREAM_MS = 14 * 60_000;
/** Events read and written at once. */
const PAGE = 500;

/** Where a stream goes: `write` resolves when there is room for more; false when nobody listens any longer. */
export interface Sink {
  readonly write: (text: string) => Promise<boolean>;
}

/**
 * Sends a run's events after `after`, then new ones as they come, until COMPLETE. None is lost and none sent twice: what
 * is sent is what stands in the log behind the last seq that was sent.
 * @param remainingMs what is left of this function's own time
 */
export async function followRun(
  found: Run,
  after: number,
  sink: Sink,
  ports: EndPorts,
  remainingMs: () => number,
): Promise<void> {
  const startedAt = ports.clock.now();
  const endsAt = startedAt + Math.min(MAX_STREAM_MS, remainingMs() - HEARTBEAT_MS);
  const pace = new Pace(startedAt);
  let run = found;
  let sent = after;
  let lastWriteAt = startedAt;
  if (!(await sink.write(SSE_START))) return;
  for (;;) {
    const events = await eventsAfter(run, sent, PAGE, ports);
    const now = ports.clock.now();
    const last = events.at(-1);
    if (last) {
      if (!(await sink.write(events.map(sseEvent).join('')))) return;
      sent = last.seq;
      lastWriteAt = now;
      pace.news(now);
      if (sent < run.lastSeq) continue; // more is known to be there
    }
    if (isTerminal(run.status) && sent >= run.lastSeq) return;
    if (now >= endsAt) return;
    if (now - lastWriteAt >= HEARTBEAT_MS) {
      if (!(await sink.write(SSE_HEARTBEAT))) return;
      lastWriteAt = now;
    }
    await setTimeout(pace.next(now));
    const read = await ports.store.get(run.workspace, run.id, now, false);
    // A read that is behind is no news; neither is a run that expired while it was watched.
    if (read && read.lastSeq >= run.lastSeq) run = await reapIfOverdue(read, ports);
  }
}
