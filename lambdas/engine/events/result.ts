import * as z from 'zod';
import type { Frame } from '../sandbox/frames';
import { answerPreview } from './http-answer';
import type { RunOrder } from '../run/order';
import { resultFormOf } from '../run/result-form';
import type { Outcome } from '../run/run';
import { cutToBytes } from '../../platform/text';

/** Of the form `response` (docs/contracts/invocations.md#result). */
const HttpResult = z.object({
  statusCode: z.int().min(100).max(599),
  body: z.string(),
  headers: z.record(z.string(), z.string()).optional(),
});

export type HttpResult = z.output<typeof HttpResult>;

/**
 * What the sandbox says the user's code returned, checked: the sandbox runs beside user code and is not trusted.
 */
export function readResult(order: RunOrder, json: string, truncated: boolean): Outcome {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return invalidResult('The result is not JSON.');
  }
  const form = resultFormOf(order);
  if (form !== 'response') {
    return Buffer.byteLength(json) <= order.resultBytes
      ? {
          ok: true,
          resultJson: json,
          resultTruncated: truncated,
          ...(form === 'answer' && { ...statusIn(value), resultPreview: answerPreview(json) }),
        }
      : invalidResult(`The result has more than ${order.resultBytes} bytes.`);
  }
  const result = HttpResult.safeParse(value);
  if (!result.success) return invalidResult('The result is not an object with statusCode and body.');
  const body = cutToBytes(result.data.body, order.resultBytes);
  const cut = truncated || body.length < result.data.body.length;
  return { ok: true, resultJson: JSON.stringify({ ...result.data, body }), resultTruncated: cut };
}

/** Status of an answer; one without a status is a success. */
function statusIn(value: unknown): { statusCode: number } {
  const parsed = z.object({ statusCode: z.int().min(100).max(599) }).safeParse(value);
  return { statusCode: parsed.success ? parsed.data.statusCode : 200 };
}

const invalidResult = (errorMessage: string): Outcome => ({ ok: false, errorType: 'INVALID_RESULT', errorMessage });

/** What a script printed, within its limit: JSON text of `{stdout, stderr, stdoutTruncated, stderrTruncated}`. */
export function readOutput(frame: Extract<Frame, { t: 'output' }>, maxBytes: number): string {
  const stdout = cutToBytes(frame.stdout, maxBytes);
  const stderr = cutToBytes(frame.stderr, maxBytes);
  return JSON.stringify({
    stdout,
    stderr,
    stdoutTruncated: frame.stdoutTruncated || stdout.length < frame.stdout.length,
    stderrTruncated: frame.stderrTruncated || stderr.length < frame.stderr.length,
  });
}
