import { openAtMostMs, type Run } from '../engine';
import type { Clock } from '../platform/time/clock';
import { signTicket, TICKET_OPEN_MS } from '../platform/auth/ticket';

/**
 * Address of a run's stream, relative to the origin of the API. Where callers must authenticate it carries a ticket,
 * because `EventSource` cannot send headers (docs/contracts/invocations.md#worked-examples).
 * @param ticketKey reads the signing key, or undefined where nobody authenticates
 */
export const streamUrlOf =
  (ticketKey: (() => Promise<string>) | undefined, clock: Clock) =>
  async (run: Pick<Run, 'workspace' | 'id' | 'timeoutMs'>): Promise<string> => {
    const path = `/stream/invocations/${run.id}`;
    if (!ticketKey) return path;
    const now = clock.now();
    const ticket = signTicket(await ticketKey(), {
      workspace: run.workspace,
      runId: run.id,
      openUntil: now + TICKET_OPEN_MS,
      resumeUntil: now + openAtMostMs(run),
    });
    return `${path}?ticket=${ticket}`;
  };
