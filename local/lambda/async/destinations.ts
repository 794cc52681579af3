import { GetQueueUrlCommand, SendMessageCommand, SQSClient, type SendMessageCommandInput } from '@aws-sdk/client-sqs';
import { clientConfig } from '../../aws';
import type { EventPolicy } from '../catalog';
import type { FunctionDefinition } from '../definition';
import type { PendingEvent } from './event-store';

/** SQS allows an attribute of a message 256 KB; Lambda cuts the error message of a dead letter to 1 KB. */
const ERROR_MESSAGE_CHARACTERS = 1024;

/** Delivers records of events that have ended: to on-success and on-failure destinations, and to dead-letter queues. */
export class Destinations {
  readonly #sqs: SQSClient;
  readonly #queueUrls = new Map<string, Promise<string>>();

  constructor(awsEndpoint: string) {
    // The emulator's queue addresses hold the port of the start at which the queue was made.
    this.#sqs = new SQSClient({ ...clientConfig(awsEndpoint), useQueueUrlAsEndpoint: false });
  }

  /** Throws where a destination can't be reached; what was delivered before may then be delivered twice. */
  async deliver(event: PendingEvent, definition: FunctionDefinition, policy: EventPolicy): Promise<void> {
    if (event.outcome === undefined) return;
    const succeeded = event.outcome.condition === 'Success';
    const destination = succeeded ? policy.onSuccessArn : policy.onFailureArn;
    if (destination !== undefined) await this.#send(destination, { MessageBody: invocationRecord(event, definition) });
    if (!succeeded && definition.deadLetterArn !== undefined) {
      await this.#send(definition.deadLetterArn, deadLetter(event));
    }
  }

  close(): void {
    this.#sqs.destroy();
  }

  async #send(arn: string, message: Omit<SendMessageCommandInput, 'QueueUrl'>): Promise<void> {
    const [, , service, , , queueName] = arn.split(':');
    if (service !== 'sqs' || queueName === undefined) {
      throw new UnsupportedDestination(`The destination ${arn} is not a queue; others are not there on a laptop.`);
    }
    await this.#sqs.send(new SendMessageCommand({ ...message, QueueUrl: await this.#queueUrl(queueName) }));
  }

  #queueUrl(queueName: string): Promise<string> {
    let url = this.#queueUrls.get(queueName);
    if (!url) {
      url = this.#sqs.send(new GetQueueUrlCommand({ QueueName: queueName })).then((found) => found.QueueUrl ?? '');
      this.#queueUrls.set(queueName, url);
      url.catch(() => this.#queueUrls.delete(queueName));
    }
    return url;
  }
}

/** It is of no use to try again. */
export class UnsupportedDestination extends Error {}

/** The record that Lambda sends to a destination (developer guide, "Capturing records of asynchronous invocations"). */
function invocationRecord(event: PendingEvent, definition: FunctionDefinition): string {
  const { condition, failure, response } = event.outcome ?? { condition: 'Success' };
  const succeeded = condition === 'Success';
  const ran = event.attempts > 0 || succeeded;
  return JSON.stringify({
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId: event.id,
      functionArn: `${definition.arn}:${definition.version}`,
      condition,
      approximateInvokeCount: event.attempts + (succeeded ? 1 : 0),
    },
    requestPayload: parsed(event.payload),
    ...(ran && {
      responseContext: {
        statusCode: 200,
        executedVersion: definition.version,
        ...(succeeded ? {} : { functionError: 'Unhandled' }),
      },
      responsePayload: parsed(succeeded ? (response ?? 'null') : (failure?.payload ?? 'null')),
    }),
  });
}

/** A dead letter is the event itself, with the error in attributes. */
function deadLetter(event: PendingEvent): Omit<SendMessageCommandInput, 'QueueUrl'> {
  const problem = event.outcome?.failure?.payload ?? event.outcome?.condition ?? '';
  return {
    MessageBody: event.payload,
    MessageAttributes: {
      RequestID: { DataType: 'String', StringValue: event.id },
      ErrorCode: { DataType: 'Number', StringValue: '200' },
      ErrorMessage: { DataType: 'String', StringValue: problem.slice(0, ERROR_MESSAGE_CHARACTERS) },
    },
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}
