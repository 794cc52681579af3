import { answerPreview, type OwnOutcome, storedAnswer } from '../../engine';
import { postJson, TooSlow, Unreachable } from '../../platform/outbound/post-json';
import { TooLarge } from '../../platform/outbound/read-answer';
import { signatureOf, signerOfEnvironment } from '../../platform/outbound/sign';
import { NameNotFound } from '../../platform/outbound/resolve';
import { timeoutMessage } from '../invoke/failure';
import { LIMITS } from '../limits';

/** A call of a function that is deployed elsewhere, with all that was decided about it. */
export interface OutsideCall {
  readonly url: URL;
  /** Checked; the connection goes to one of them. */
  readonly addresses: readonly string[];
  readonly json: string;
  readonly timeoutMs: number;
  /** true: it is the address of a Lambda function that this platform deployed, which takes signed requests only. */
  readonly signed: boolean;
}

/** What is kept of a failed call; it names no address, and neither does the answer. */
const UNREACHABLE = 'The address of the function cannot be reached.';

/** Makes the call. What went wrong is an outcome too (docs/contracts/functions.md#failures-of-the-call). */
export async function callOutside(call: OutsideCall, timeoutSeconds: number): Promise<OwnOutcome> {
  try {
    const headers = call.signed ? await signature(call) : {};
    const { status, contentType, body } = await postJson({ ...call, headers, maxBytes: LIMITS.resultBytes });
    const resultJson = storedAnswer(status, contentType, body);
    const resultPreview = answerPreview(resultJson);
    return { ok: true, resultJson, resultTruncated: false, statusCode: status, resultPreview };
  } catch (error) {
    return failedOutside(error, timeoutSeconds);
  }
}

/** With the credentials of the function that this runs in, whose role may call apps. */
function signature({ url, json }: OutsideCall): Promise<Record<string, string>> {
  const signer = signerOfEnvironment(process.env);
  if (signer === undefined) throw new Error('There are no credentials to sign a call with.');
  return signatureOf(url, json, signer, Date.now());
}

/** @param error what a call or the look for its address ended with */
export function failedOutside(error: unknown, timeoutSeconds: number): OwnOutcome {
  if (error instanceof TooSlow)
    return { ok: false, errorType: 'TIMEOUT', errorMessage: timeoutMessage(timeoutSeconds), statusCode: 504 };
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
