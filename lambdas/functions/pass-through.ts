import { recordOwnRun, type OwnOutcome } from '../engine/own-run';
import type { Run } from '../engine/run';
import { AppError } from '../platform/errors';
import { postJson, TooLarge, TooSlow, Unreachable } from '../platform/outbound/post-json';
import { AddressNotAllowed, NameNotFound, resolveTarget } from '../platform/outbound/resolve';
import { readTarget } from '../platform/outbound/target';
import { storedAnswer } from './answer';
import { recordOf } from './engine-call';
import { timeoutMessage } from './failure';
import { LIMITS } from './limits';
import type { Ports } from './ports';
import type { FunctionRecord } from './records';
import type { RequestBody } from './request-body';

/** What is kept of a failed call; it names no address, and neither does the answer. */
const UNREACHABLE = 'The address of the function cannot be reached.';

/**
 * Calls a function that is deployed elsewhere (contract: functions, section 6, "Pass-through"). The name is resolved
 * once, every address is checked, and the connection goes to a checked one.
 * @throws AppError `URL_NOT_ALLOWED`; then there is no record of it
 */
export async function passThrough(
  url: string,
  record: FunctionRecord,
  request: RequestBody,
  ports: Ports,
): Promise<Run> {
  const { resolve, open } = ports.outbound;
  const target = readTarget(url, open);
  if ('problem' in target) throw notAllowed();
  const startedAt = performance.now();
  const timeoutMs = Math.min(record.timeout * 1_000, ports.windowMs);
  const addresses = await inTime(resolveTarget(target.url, open, resolve), timeoutMs).catch((error: unknown) => {
    if (error instanceof AddressNotAllowed) throw notAllowed();
    return error;
  });
  const { run } = await recordOwnRun(recordOf(record, request), ports, async () => {
    if (!Array.isArray(addresses)) return failed(addresses, record);
    try {
      const left = Math.max(1, timeoutMs - (performance.now() - startedAt));
      const call = { url: target.url, addresses, json: request.text, timeoutMs: left, maxBytes: LIMITS.resultBytes };
      const { status, contentType, body } = await postJson(call);
      const resultJson = storedAnswer(status, contentType, body);
      return { ok: true, resultJson, resultTruncated: false, statusCode: status };
    } catch (error) {
      return failed(error, record);
    }
  });
  return run;
}

function failed(error: unknown, { timeout }: FunctionRecord): OwnOutcome {
  if (error instanceof TooSlow)
    return { ok: false, errorType: 'TIMEOUT', errorMessage: timeoutMessage(timeout), statusCode: 504 };
  if (error instanceof TooLarge)
    return {
      ok: false,
      errorType: 'INVALID_RESULT',
      errorMessage: `The answer has more than ${LIMITS.resultBytes} bytes.`,
      statusCode: 500,
    };
  if (error instanceof NameNotFound) return platformError('The host of the function cannot be found.', 503);
  if (error instanceof Unreachable) return platformError(UNREACHABLE, 503);
  console.error('call of a deployed function failed', error);
  return platformError('The call failed for a reason of the platform’s own.', 500);
}

const platformError = (errorMessage: string, statusCode: number): OwnOutcome => ({
  ok: false,
  errorType: 'PLATFORM_ERROR',
  errorMessage,
  statusCode,
});

/** A resolver has no time limit of its own that could be set. */
async function inTime<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooSlow('No answer in time.')), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const notAllowed = (): AppError =>
  new AppError('URL_NOT_ALLOWED', 'The invocationUrl of the function leads to an address that may not be called.', {
    details: { field: 'invocationUrl' },
  });
