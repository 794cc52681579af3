import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { readDeadLetter, type DeadLetter } from './dead-letter';
import type { DeadLetterQueue } from './queue';

export interface ReplayOptions {
  readonly functionName: string;
  /** Look only: every message goes back to its queue. */
  readonly dryRun: boolean;
  /** Messages looked at, at most. */
  readonly max: number;
  /** Epoch ms. What fails again comes back to the queue; it is left for another time. */
  readonly startedAt: number;
  readonly say: (line: string) => void;
}

/** How many messages of a queue became what. */
export interface Replayed {
  readonly sent: number;
  /** Still in the queue: not ours, too new, or only looked at. */
  readonly left: number;
  /** Still in the queue, because they could not be sent. */
  readonly failed: number;
}

/**
 * Sends what is in a dead-letter queue to its function again, by asynchronous invoke. A message is deleted once Lambda has
 * taken its event, so that dying in between leaves it in the queue: it is then sent twice, which does no harm, because
 * everything that is invoked so may come twice (an order for a run that is over or under way does nothing).
 */
export async function replay(queue: DeadLetterQueue, lambda: LambdaClient, options: ReplayOptions): Promise<Replayed> {
  const { functionName, dryRun, max, startedAt, say } = options;
  const release: string[] = [];
  let [seen, sent, failed] = [0, 0, 0];
  try {
    for (let messages = await queue.take(); messages.length > 0; messages = await queue.take()) {
      for (const message of messages) {
        seen += 1;
        const letter = readDeadLetter(message);
        const why = seen > max ? 'beyond --max' : whyLeft(letter, functionName, startedAt);
        if (letter === undefined || why !== undefined || dryRun) {
          say(`${why === undefined ? 'found' : `left (${why})`}  ${letter?.description ?? message.MessageId ?? ''}`);
          if (message.ReceiptHandle !== undefined) release.push(message.ReceiptHandle);
        } else if (await sendAgain(letter, queue, lambda, say)) {
          sent += 1;
        } else {
          failed += 1;
          release.push(letter.receipt);
        }
      }
      if (seen >= max) break;
    }
  } finally {
    // Not before the end, or the same messages would be received again.
    for (const receipt of release) await queue.release(receipt).catch(() => undefined);
  }
  return { sent, left: seen - sent - failed, failed };
}

function whyLeft(letter: DeadLetter | undefined, functionName: string, startedAt: number): string | undefined {
  if (!letter) return 'no record of a failed invoke';
  if (letter.functionName !== functionName) return `of ${letter.functionName}`;
  return letter.failedAt >= startedAt ? 'failed just now' : undefined;
}

async function sendAgain(
  letter: DeadLetter,
  queue: DeadLetterQueue,
  lambda: LambdaClient,
  say: (line: string) => void,
): Promise<boolean> {
  try {
    await lambda.send(
      new InvokeCommand({
        FunctionName: letter.functionName,
        InvocationType: 'Event',
        Payload: Buffer.from(letter.payload),
      }),
    );
  } catch (error) {
    say(`NOT SENT (${error instanceof Error ? error.message : String(error)})  ${letter.description}`);
    return false;
  }
  say(`sent  ${letter.description}`);
  await queue
    .remove(letter.receipt)
    .catch(() => say('  ... but it could not be deleted, and will be sent once more by the next replay'));
  return true;
}
