import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  type InputLogEvent,
} from '@aws-sdk/client-cloudwatch-logs';
import { clientConfig } from '../aws';
import type { LogSink } from './environment-log';

const FLUSH_EVERY_MS = 500;
/** Limits of PutLogEvents are 10,000 events and 1 MB; each event counts 26 bytes more. */
const BATCH_EVENTS = 5_000;
const BATCH_BYTES = 900_000;
const EVENT_OVERHEAD_BYTES = 26;
const LONGEST_LINE_CHARACTERS = 250_000;
/** A function that prints faster than lines can be shipped loses the oldest here; its log file has them all. */
const WAITING_EVENTS = 20_000;

/** Ships log lines to the emulator's CloudWatch Logs. What can't be shipped is dropped: the log files have it. */
export class CloudWatchShipper {
  readonly #client: CloudWatchLogsClient;
  readonly #streams = new Map<string, WaitingStream>();
  readonly #timer: NodeJS.Timeout;
  #shipping: Promise<void> = Promise.resolve();

  constructor(endpoint: string) {
    this.#client = new CloudWatchLogsClient({ ...clientConfig(endpoint), maxAttempts: 1 });
    this.#timer = setInterval(() => void this.flush(), FLUSH_EVERY_MS);
    this.#timer.unref();
  }

  to(group: string, stream: string): LogSink {
    const waiting = this.#streams.get(`${group}\n${stream}`) ?? { group, stream, events: [] };
    this.#streams.set(`${group}\n${stream}`, waiting);
    return {
      write: (line, at) => {
        if (line === '') return; // CloudWatch refuses empty messages
        waiting.events.push({ message: line.slice(0, LONGEST_LINE_CHARACTERS), timestamp: at });
        if (waiting.events.length > WAITING_EVENTS) waiting.events.shift();
      },
    };
  }

  /** Ships what waits. Never rejects. */
  flush(): Promise<void> {
    this.#shipping = this.#shipping.then(async () => {
      for (const waiting of this.#streams.values()) await this.#ship(waiting).catch(() => undefined);
    });
    return this.#shipping;
  }

  /** The environment that wrote to this stream is gone. */
  forget(group: string, stream: string): void {
    void this.flush().then(() => this.#streams.delete(`${group}\n${stream}`));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
    this.#client.destroy();
  }

  async #ship(waiting: WaitingStream): Promise<void> {
    while (waiting.events.length > 0) {
      const logEvents = nextBatch(waiting.events);
      const put = new PutLogEventsCommand({ logGroupName: waiting.group, logStreamName: waiting.stream, logEvents });
      try {
        await this.#client.send(put);
      } catch (error) {
        if (!isNotFound(error)) throw error;
        await this.#createStream(waiting);
        await this.#client.send(put);
      }
    }
  }

  async #createStream({ group, stream }: WaitingStream): Promise<void> {
    // Either may be there already: another environment makes the same group at the same time.
    await this.#client.send(new CreateLogGroupCommand({ logGroupName: group })).catch(() => undefined);
    await this.#client
      .send(new CreateLogStreamCommand({ logGroupName: group, logStreamName: stream }))
      .catch(() => undefined);
  }
}

interface WaitingStream {
  readonly group: string;
  readonly stream: string;
  readonly events: InputLogEvent[];
}

function nextBatch(events: InputLogEvent[]): InputLogEvent[] {
  let bytes = 0;
  let count = 0;
  for (const { message } of events.slice(0, BATCH_EVENTS)) {
    bytes += Buffer.byteLength(message ?? '') + EVENT_OVERHEAD_BYTES;
    if (bytes > BATCH_BYTES && count > 0) break;
    count += 1;
  }
  return events.splice(0, count);
}

const isNotFound = (error: unknown) => error instanceof Error && error.name === 'ResourceNotFoundException';
