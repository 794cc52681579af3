import type { Log } from '../../engine';
import { requireScope } from '../../platform/auth/principal';
import { claimedUserId } from '../../platform/auth/user-id';
import { AppError } from '../../platform/http/errors';
import { asLogged, followedLog } from '../followed';
import type { OpenedStream, StreamPorts, StreamRequest } from '../stream-request';
import { lastEventIdOf, seqIn } from '../resume';
import { DECISION_RULES } from '../rules';

/** The current iteration of a decision run, or what follows an event of it (docs/contracts/decisions.md#events). */

const KIND = 'decision';
/** A run that nobody has begun after so long is begun by who looks at it (docs/contracts/decisions.md#state-machines). */
const BEGUN_WITHIN_MS = 2_000;

/** @throws AppError `UNAUTHENTICATED`, `FORBIDDEN`, `USER_ID_REQUIRED`, `VALIDATION_ERROR`, `RUN_NOT_FOUND` */
export async function openDecision(
  { params, headers, query }: StreamRequest,
  ports: StreamPorts,
): Promise<OpenedStream> {
  const principal = await ports.authenticate(headers);
  requireScope(principal, 'read');
  if (claimedUserId(headers, query['user_id']) === undefined && ports.needsUserId) throw nobodyAsks();
  const id = params['run_id'] ?? '';
  const now = ports.clock.now();
  const found = await ports.logs.find(KIND, id, now);
  if (found?.workspace !== principal.workspace) throw noRun(id);
  const log = await ports.logs.settled(found, now);
  return {
    followed: followedLog(log, ports, asLogged),
    after: goesOnAfter(log, lastEventIdOf(headers, query['last_event_id'])),
    rules: DECISION_RULES,
    wake: { afterMs: BEGUN_WITHIN_MS, begin: () => ports.beginDecision({ workspace: log.workspace, runId: id }) },
  };
}

/** What is no id of an event of this log is no place to go on from: all of the iteration is sent. */
function goesOnAfter({ firstSeq = 1, lastSeq }: Log, lastEventId: string | undefined): number {
  const seq = seqIn(lastEventId);
  return seq === undefined || seq > lastSeq ? firstSeq - 1 : seq;
}

export const nobodyAsks = (): AppError =>
  new AppError('USER_ID_REQUIRED', 'Say who asks, in the header X-User-ID. A GET may also say it by ?user_id=.');

const noRun = (id: string): AppError => new AppError('RUN_NOT_FOUND', `There is no run '${id.slice(0, 100)}'.`);
