import { type Blobs, mayHaveStarted, neverRan, resultOf, type Run } from '../../engine';
import { AppError } from '../../platform/http/errors';
import { fitsReply, REPLY_BYTES } from '../../platform/http/reply-bytes';
import type { CallAnswer } from '../contract';
import { CALLBACK_LIMITS } from '../limits';

const SECONDS = CALLBACK_LIMITS.timeoutMs / 1000;

/** JSON of `CallAnswer`; what the handler returned stands in it to the letter, numbers that JavaScript cannot hold included. */
export interface CallReply {
  readonly body: undefined;
  readonly bytes: Buffer;
  readonly headers: { readonly 'Content-Type': 'application/json' };
}

/**
 * What a call answers for a run (docs/contracts/callbacks.md#outcome).
 * @param run as it ended, or as it stands when the time to answer is up
 * @throws AppError `SERVICE_UNAVAILABLE` when the handler was never started
 */
export async function answerOf(run: Run, blobs: Blobs): Promise<CallReply> {
  switch (run.status) {
    case 'COMPLETED':
      return completed((await resultOf(run, { blobs })) ?? 'null');
    case 'FAILED':
      return replyOf(JSON.stringify(failed(run)));
    case 'EXECUTING':
      return replyOf(JSON.stringify(timedOut()));
    case 'REQUEST_RECEIVED':
    case 'CODE_FETCHING':
    case 'SANDBOX_PREPARING':
      // What was handed to a sandbox may have begun since.
      if (mayHaveStarted(run)) return replyOf(JSON.stringify(timedOut()));
      throw notStarted();
  }
}

/** @param json of what the handler returned */
function completed(json: string): CallReply {
  const reply = replyOf(`{"lambdaStatusCode":200,"body":${json}}`);
  return fitsReply(reply.bytes, REPLY_BYTES) ? reply : replyOf(JSON.stringify(endedByPlatform(400, TOO_LARGE)));
}

/** More than 4 MB of text with many quotes, line ends or control characters, which a reply has to escape. */
const TOO_LARGE = 'The result does not fit into an answer: with its escapes it takes more than 6 MB.';

const replyOf = (json: string): CallReply => ({
  body: undefined,
  bytes: Buffer.from(json),
  headers: { 'Content-Type': 'application/json' },
});

function failed(run: Run): CallAnswer {
  const message = run.errorMessage ?? 'The handler failed.';
  switch (run.errorType) {
    case 'TIMEOUT':
      return timedOut();
    case 'INVALID_RESULT':
      return endedByPlatform(400, message);
    case 'OUT_OF_MEMORY':
      return endedByPlatform(500, `The memory limit of ${run.memoryMb} MiB was exceeded.`);
    case 'CANCELLED':
      return endedByPlatform(500, 'The call was cancelled.');
    case 'PLATFORM_ERROR':
      if (neverRan(run)) throw notStarted();
      return endedByPlatform(500, 'The worker of this call was lost. This is a fault of the platform.');
    case 'RUNTIME_ERROR':
    case 'SYNTAX_ERROR':
    case 'HANDLER_NOT_FOUND':
    case undefined:
      return { lambdaStatusCode: 500, body: message };
  }
}

const timedOut = (): CallAnswer => endedByPlatform(504, `Timeout: no answer within ${SECONDS} s`);

const endedByPlatform = (code: 400 | 500 | 504, body: string): CallAnswer => ({
  lambdaStatusCode: code,
  lambda_status_code: code,
  body,
});

const notStarted = (): AppError =>
  new AppError('SERVICE_UNAVAILABLE', 'The callback could not be started at the moment. Try again shortly.');
