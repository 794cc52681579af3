import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** Where finished log lines go. Must not throw: a log that can't be written never disturbs a function. */
export interface LogSink {
  /** @param at epoch ms */
  write(line: string, at: number): void;
}

/** Figures of a finished invocation, for its REPORT line. */
export interface Report {
  readonly requestId: string;
  readonly durationMs: number;
  /** Time the environment took to start, where this was its first invocation. */
  readonly initMs: number | undefined;
  readonly memoryMb: number;
  readonly peakBytes: number;
}

/** The log of one environment: what its process prints, and the lines that Lambda adds around each invocation. */
export class EnvironmentLog {
  readonly #sinks: readonly LogSink[];
  readonly #closed: () => void;

  readonly #outputs: Promise<void>[] = [];

  /**
   * @param stream Name of the CloudWatch log stream.
   * @param closed Called when the last line has been written.
   */
  constructor(
    readonly stream: string,
    sinks: readonly LogSink[],
    closed: () => void,
  ) {
    this.#sinks = sinks;
    this.#closed = closed;
  }

  begin(requestId: string, version: string): void {
    this.#write(`START RequestId: ${requestId} Version: ${version}`);
  }

  end({ requestId, durationMs, initMs, memoryMb, peakBytes }: Report): void {
    this.#write(`END RequestId: ${requestId}`);
    const fields = [
      `REPORT RequestId: ${requestId}`,
      `Duration: ${durationMs.toFixed(2)} ms`,
      `Billed Duration: ${Math.ceil(durationMs)} ms`,
      `Memory Size: ${memoryMb} MB`,
      `Max Memory Used: ${Math.ceil(peakBytes / (1024 * 1024))} MB`,
      ...(initMs === undefined ? [] : [`Init Duration: ${initMs.toFixed(2)} ms`]),
    ];
    this.#write(fields.join('\t'));
  }

  /** Takes over an output of the process, line by line, until it ends. */
  follow(output: Readable): void {
    const lines = createInterface({ input: output, crlfDelay: Infinity });
    lines.on('line', (line) => this.#write(line));
    // A process that is killed may break its pipe; what came before is written.
    output.on('error', () => lines.close());
    this.#outputs.push(new Promise((resolve) => lines.once('close', resolve)));
  }

  /** The process is gone: what it printed last is still written. */
  close(): void {
    void Promise.all(this.#outputs).then(this.#closed);
  }

  #write(line: string): void {
    const at = Date.now();
    for (const sink of this.#sinks) sink.write(line, at);
  }
}

/** A stream name as Lambda forms it: date, version, and an id of the environment. */
export function logStreamName(version: string, environmentId: string, now = new Date()): string {
  const date = now.toISOString().slice(0, 10).replaceAll('-', '/');
  return `${date}/[${version}]${environmentId}`;
}
