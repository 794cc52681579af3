import { requireScope } from '../../platform/auth/principal';
import { claimedUserId } from '../../platform/auth/user-id';
import { AppError, invalid } from '../../platform/http/errors';
import { parseJsonObject } from '../../platform/http/json-body';
import { validate } from '../../platform/http/validation';
import { asLogged, followedLog } from '../followed';
import type { OpenedStream, StreamPorts, StreamRequest } from '../stream-request';
import { MeetingBody } from '../contract';
import { DECISION_RULES } from '../rules';
import { nobodyAsks } from './decision';

/**
 * A meeting that is generated because of this request, from its beginning (docs/contracts/decisions.md#events). The service
 * begins it; it goes on if the client leaves.
 * @throws AppError `UNAUTHENTICATED`, `FORBIDDEN`, `USER_ID_REQUIRED`, `INVALID_JSON`, `VALIDATION_ERROR`, `RUN_NOT_FOUND`
 */
export async function openMeeting(request: StreamRequest, ports: StreamPorts): Promise<OpenedStream> {
  const { params, headers, bytes } = request;
  const { workspace, ...principal } = await ports.authenticate(headers);
  requireScope({ workspace, ...principal }, 'run');
  const userId = claimedUserId(headers);
  if (userId === undefined) throw nobodyAsks();
  const meeting = validate(MeetingBody, parseJsonObject(bytes));
  const begun = await ports.beginMeeting({ workspace, runId: params['run_id'] ?? '', meeting });
  if ('refused' in begun) throw refusal(begun.refused);
  const log = await ports.logs.find('meeting', begun.logId, ports.clock.now());
  if (!log) throw new AppError('INTERNAL_ERROR', 'The meeting has no log of events.');
  return { followed: followedLog(log, ports, asLogged), after: 0, rules: DECISION_RULES };
}

const refusal = ({
  code,
  message,
  field,
}: {
  code: 'RUN_NOT_FOUND' | 'VALIDATION_ERROR';
  message: string;
  field?: string | undefined;
}): AppError => (field === undefined ? new AppError(code, message) : invalid(field, message));
