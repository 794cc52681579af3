import {
  GetFunctionEventInvokeConfigCommand,
  ResourceNotFoundException,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  type Message,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** While a message is in our hands nobody else sees it; if we die, it comes back after so long. Seconds. */
const IN_HAND_SECONDS = 300;
const AT_ONCE = 10;

/** The dead letters of one function. */
export class DeadLetterQueue {
  readonly #sqs: SQSClient;
  readonly #url: string;

  constructor(sqs: SQSClient, url: string) {
    this.#sqs = sqs;
    this.#url = url;
  }

  /** How many wait, as far as SQS knows at once. */
  async waiting(): Promise<number> {
    const name = 'ApproximateNumberOfMessages';
    const asked = new GetQueueAttributesCommand({ QueueUrl: this.#url, AttributeNames: [name] });
    return Number((await this.#sqs.send(asked)).Attributes?.[name] ?? 0);
  }

  /** At most ten messages, none if there are none. */
  async take(): Promise<Message[]> {
    const { Messages } = await this.#sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.#url,
        MaxNumberOfMessages: AT_ONCE,
        VisibilityTimeout: IN_HAND_SECONDS,
        WaitTimeSeconds: 1,
        MessageSystemAttributeNames: ['SentTimestamp'],
      }),
    );
    return Messages ?? [];
  }

  async remove(receipt: string): Promise<void> {
    await this.#sqs.send(new DeleteMessageCommand({ QueueUrl: this.#url, ReceiptHandle: receipt }));
  }

  /** Puts a message back for others, at once. */
  async release(receipt: string): Promise<void> {
    await this.#sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl: this.#url, ReceiptHandle: receipt, VisibilityTimeout: 0 }),
    );
  }
}

/** The queue that a function's failed invokes go to, or undefined if there is no such function, or no queue for it. */
export async function queueOf(
  functionName: string,
  lambda: LambdaClient,
  sqs: SQSClient,
): Promise<DeadLetterQueue | undefined> {
  const arn = await lambda
    .send(new GetFunctionEventInvokeConfigCommand({ FunctionName: functionName, Qualifier: '$LATEST' }))
    .then(({ DestinationConfig }) => DestinationConfig?.OnFailure?.Destination)
    .catch((error: unknown) => {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    });
  const [, , service, , , queueName] = arn?.split(':') ?? [];
  if (service !== 'sqs' || queueName === undefined) return undefined;
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queueName }));
  return QueueUrl === undefined ? undefined : new DeadLetterQueue(sqs, QueueUrl);
}
