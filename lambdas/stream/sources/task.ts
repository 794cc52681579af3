import type { LoggedEvent } from '../../engine';
import { maySee, requireScope } from '../../platform/auth/principal';
import { AppError } from '../../platform/http/errors';
import { iso } from '../../platform/time/clock';
import { followedLog } from '../followed';
import type { OpenedStream, StreamPorts, StreamRequest } from '../stream-request';
import { lastEventIdOf, refuseBeyond, seqAsked } from '../resume';
import { RUN_RULES } from '../rules';
import type { SentEvent } from '../sse';

/**
 * A task is read by its id alone, by whoever may see its workspace (docs/contracts/builds.md#events).
 * @throws AppError `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `VALIDATION_ERROR`
 */
export async function openTask({ params, headers, query }: StreamRequest, ports: StreamPorts): Promise<OpenedStream> {
  const after = seqAsked(lastEventIdOf(headers, query['lastEventId']));
  const id = params['task_id'] ?? '';
  const principal = await ports.authenticate(headers);
  requireScope(principal, 'read');
  const now = ports.clock.now();
  const log = await ports.logs.find('task', id, now);
  const workspace = query['workspace_id'] ?? log?.workspace;
  if (!log || log.workspace !== workspace || !maySee(principal, workspace))
    throw new AppError('NOT_FOUND', `There is no task '${id.slice(0, 100)}'.`);
  const followed = followedLog(await ports.logs.settled(log, now), ports, (event) => shown(id, event));
  refuseBeyond(followed, after);
  return { followed, after, rules: RUN_RULES };
}

const shown = (id: string, { seq, at, event, data }: LoggedEvent): SentEvent => ({
  seq,
  event,
  data: { type: event, task_id: id, seq, ts: iso(at), ...data },
});
