import { findRun, findRunFor, type Run } from '../../engine';
import { credentialOf, requireScope, unauthenticated } from '../../platform/auth/principal';
import { readTicket } from '../../platform/auth/ticket';
import { followedRun } from '../followed';
import type { OpenedStream, StreamPorts, StreamRequest } from '../stream-request';
import { lastEventIdOf, refuseBeyond, seqAsked } from '../resume';
import { RUN_RULES } from '../rules';

/**
 * A run, from where its client has come to (docs/contracts/invocations.md#reconnecting).
 * @throws AppError `UNAUTHENTICATED`, `FORBIDDEN`, `INVOCATION_NOT_FOUND`, `VALIDATION_ERROR`
 */
export async function openRun(request: StreamRequest, ports: StreamPorts): Promise<OpenedStream> {
  const after = seqAsked(lastEventIdOf(request.headers, request.query['lastEventId']));
  const followed = followedRun(await admitted(request, after, ports), ports);
  refuseBeyond(followed, after);
  return { followed, after, rules: RUN_RULES };
}

/**
 * A ticket stands for a credential, for its one run only, and names its workspace. A credential may see several: a
 * function's run is followed under the id of its log, whichever workspace the function is in.
 */
async function admitted(request: StreamRequest, after: number, ports: StreamPorts): Promise<Run> {
  const runId = request.params['id'] ?? '';
  const ticket = request.query['ticket'];
  if (ticket !== undefined && credentialOf(request.headers) === undefined) {
    const wanted = { runId, resuming: after > 0, now: ports.clock.now() };
    const workspace = readTicket(await ports.ticketKey(), ticket, wanted);
    if (workspace === undefined)
      throw unauthenticated('This ticket does not open this stream, or no longer. Ask for a new one.');
    return findRun(workspace, runId, ports);
  }
  const principal = await ports.authenticate(request.headers);
  requireScope(principal, 'read');
  return findRunFor(principal, runId, ports);
}
