import { type FindForPorts, findRun, findRunFor, isTerminal, type Run } from '../engine';
import { invalid } from '../platform/http/errors';
import {
  credentialOf,
  requireScope,
  unauthenticated,
  type Authenticate,
  type Headers,
} from '../platform/auth/principal';
import { readTicket } from '../platform/auth/ticket';

export interface StreamRequest {
  readonly runId: string;
  readonly headers: Headers;
  readonly query: { readonly lastEventId?: string | undefined; readonly ticket?: string | undefined };
}

export interface StreamPorts extends FindForPorts {
  readonly authenticate: Authenticate;
  readonly ticketKey: () => Promise<string>;
}

export interface OpenedStream {
  readonly run: Run;
  /** Seq of the last event that the client has. */
  readonly after: number;
  /** Everything was seen already: 204, which stops a standard EventSource. */
  readonly nothingLeft: boolean;
}

/**
 * Decides whether and from where a run may be followed (docs/contracts/invocations.md#reconnecting).
 * @throws AppError `UNAUTHENTICATED`, `FORBIDDEN`, `INVOCATION_NOT_FOUND`, `VALIDATION_ERROR`
 */
export async function openStream(request: StreamRequest, ports: StreamPorts): Promise<OpenedStream> {
  // The header wins: it is what a reconnecting client sets, while the query stays what the page once wrote.
  const after = readLastEventId(request.headers['last-event-id'] ?? request.query.lastEventId);
  const run = await admittedRun(request, after, ports);
  if (after > run.lastSeq) {
    throw invalid('Last-Event-ID', `Last-Event-ID must be at most ${run.lastSeq}, the newest seq of this invocation.`);
  }
  return { run, after, nothingLeft: isTerminal(run.status) && after === run.lastSeq };
}

function readLastEventId(text: string | undefined): number {
  if (text === undefined || text === '') return 0;
  const seq = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (Number.isNaN(seq)) throw invalid('Last-Event-ID', 'Last-Event-ID must be a whole number, the seq of an event.');
  return seq;
}

/**
 * A ticket stands for a credential, for its one run only, and names its workspace. A credential may see several: a
 * function's run is followed under the id of its log, whichever workspace the function is in.
 */
async function admittedRun(request: StreamRequest, after: number, ports: StreamPorts): Promise<Run> {
  const { ticket } = request.query;
  if (ticket !== undefined && credentialOf(request.headers) === undefined) {
    const wanted = { runId: request.runId, resuming: after > 0, now: ports.clock.now() };
    const workspace = readTicket(await ports.ticketKey(), ticket, wanted);
    if (workspace === undefined)
      throw unauthenticated('This ticket does not open this stream, or no longer. Ask for a new one.');
    return findRun(workspace, request.runId, ports);
  }
  const principal = await ports.authenticate(request.headers);
  requireScope(principal, 'read');
  return findRunFor(principal, request.runId, ports);
}
