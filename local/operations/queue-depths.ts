import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig } from '../aws';
import type { MetricSums } from '../lambda/metric-sums';

/** SQS tells it once a minute; who waits for an alarm at a laptop need not. */
const EVERY_MS = 15_000;
const PREFIX = 'narae-';

/**
 * Says how many messages wait in our queues: `AWS/SQS`, `ApproximateNumberOfMessagesVisible`, by `QueueName`. Like SQS it is
 * silent about queues in which nothing happens: an empty one is told of once.
 */
export class QueueDepths {
  readonly #sqs: SQSClient;
  readonly #metrics: MetricSums;
  readonly #timer: NodeJS.Timeout;
  readonly #told = new Map<string, number>();
  #measuring: Promise<void> = Promise.resolve();

  constructor(awsEndpoint: string, metrics: MetricSums) {
    // The emulator's queue addresses hold the port of the start at which the queue was made.
    this.#sqs = new SQSClient({ ...clientConfig(awsEndpoint), maxAttempts: 1, useQueueUrlAsEndpoint: false });
    this.#metrics = metrics;
    this.#timer = setInterval(() => void this.measure(), EVERY_MS);
    this.#timer.unref();
  }

  /** Looks now. Never rejects: a queue that cannot be asked is told of the next time. */
  measure(): Promise<void> {
    this.#measuring = this.#measuring.then(() => this.#lookAtAll()).catch(() => undefined);
    return this.#measuring;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#measuring;
    this.#sqs.destroy();
  }

  async #lookAtAll(): Promise<void> {
    const { QueueUrls = [] } = await this.#sqs.send(new ListQueuesCommand({ QueueNamePrefix: PREFIX }));
    await Promise.all(QueueUrls.map((url) => this.#look(url)));
  }

  async #look(QueueUrl: string): Promise<void> {
    const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] });
    const { Attributes } = await this.#sqs.send(asked);
    const waiting = Number(Attributes?.['ApproximateNumberOfMessages'] ?? 0);
    const QueueName = QueueUrl.split('/').at(-1) ?? '';
    if (waiting === 0 && this.#told.get(QueueName) === 0) return;
    this.#told.set(QueueName, waiting);
    const name = 'ApproximateNumberOfMessagesVisible';
    this.#metrics.add({ namespace: 'AWS/SQS', name, unit: 'Count', dimensions: { QueueName } }, waiting, Date.now());
  }
}
