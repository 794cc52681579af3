import type { Message } from '@aws-sdk/client-sqs';
import * as z from 'zod';

/** What Lambda writes of an asynchronous invoke that it gave up (developer guide, "Capturing records of invocations"). */
const FailedInvoke = z.object({
  requestContext: z.object({ functionArn: z.string(), condition: z.string(), approximateInvokeCount: z.number() }),
  requestPayload: z.unknown(),
  responsePayload: z.unknown(),
});

/** A message of a dead-letter queue that can be sent again. */
export interface DeadLetter {
  readonly receipt: string;
  /** Epoch ms. */
  readonly failedAt: number;
  /** JSON text: what the function was called with. */
  readonly payload: string;
  /** The function whose invoke failed. */
  readonly functionName: string;
  /** For people: what it is, and why it is here. Nothing of what a caller sent. */
  readonly description: string;
}

/** @returns undefined for what is no record of a failed invoke */
export function readDeadLetter(message: Message): DeadLetter | undefined {
  const record = FailedInvoke.safeParse(parsed(message.Body));
  if (!record.success || message.ReceiptHandle === undefined || record.data.requestPayload === undefined)
    return undefined;
  const { requestContext, requestPayload, responsePayload } = record.data;
  // arn:aws:lambda:<region>:<account>:function:<name>:<version>
  const functionName = requestContext.functionArn.split(':')[6] ?? '';
  const failedAt = Number(message.Attributes?.SentTimestamp ?? 0);
  const tries = `${requestContext.approximateInvokeCount} tries`;
  return {
    receipt: message.ReceiptHandle,
    failedAt,
    payload: JSON.stringify(requestPayload),
    functionName,
    description: [
      new Date(failedAt).toISOString(),
      subject(requestPayload, functionName),
      `${requestContext.condition} (${tries})`,
      ...reason(responsePayload),
    ].join('  '),
  };
}

const Order = z.object({ run: z.object({ id: z.string(), workspace: z.string() }) });

function subject(payload: unknown, functionName: string): string {
  const order = Order.safeParse(payload);
  return order.success ? `run ${order.data.run.id} of ${order.data.run.workspace}` : `event of ${functionName}`;
}

const Failure = z.object({ errorMessage: z.string() });

function reason(payload: unknown): string[] {
  const failure = Failure.safeParse(payload);
  return failure.success ? [failure.data.errorMessage.split('\n', 1).join('').slice(0, 120)] : [];
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
