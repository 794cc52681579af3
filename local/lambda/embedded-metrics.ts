import {
  CloudWatchClient,
  PutMetricDataCommand,
  type MetricDatum,
  type StandardUnit,
} from '@aws-sdk/client-cloudwatch';
import * as z from 'zod';
import { clientConfig } from '../aws';
import type { LogSink } from './environment-log';

const FLUSH_EVERY_MS = 1_000;
/** PutMetricData takes 1,000 at a time. */
const BATCH = 1_000;
const LONGEST_LINE_CHARACTERS = 64 * 1024;

/** The embedded metric format: a log line that says which of its fields are metrics. */
const Embedded = z.looseObject({
  _aws: z.object({
    Timestamp: z.number(),
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string(), Unit: z.string().optional() })),
      }),
    ),
  }),
});

interface Gathered {
  readonly namespace: string;
  readonly datum: MetricDatum & { readonly StatisticValues: Required<NonNullable<MetricDatum['StatisticValues']>> };
}

/**
 * Reads metrics out of log lines, as CloudWatch does and the emulator does not, and puts them there: values of a minute
 * are summed up before they are sent. What can't be sent is dropped; the lines are still in the log.
 */
export class EmbeddedMetrics implements LogSink {
  private readonly client: CloudWatchClient;
  private readonly timer: NodeJS.Timeout;
  private gathered = new Map<string, Gathered>();
  private sending: Promise<void> = Promise.resolve();

  constructor(endpoint: string) {
    this.client = new CloudWatchClient({ ...clientConfig(endpoint), maxAttempts: 1 });
    this.timer = setInterval(() => void this.flush(), FLUSH_EVERY_MS);
    this.timer.unref();
  }

  write(line: string): void {
    if (!line.startsWith('{"_aws":') || line.length > LONGEST_LINE_CHARACTERS) return;
    const embedded = parse(line);
    if (!embedded) return;
    for (const { Namespace, Dimensions, Metrics } of embedded._aws.CloudWatchMetrics) {
      for (const names of Dimensions) {
        for (const metric of Metrics) this.gather(embedded, Namespace, names, metric);
      }
    }
  }

  /** Sends what has been gathered. Never rejects. */
  flush(): Promise<void> {
    const all = [...this.gathered.values()];
    this.gathered = new Map();
    this.sending = this.sending.then(async () => {
      for (const namespace of new Set(all.map((one) => one.namespace))) {
        const data = all.filter((one) => one.namespace === namespace).map(({ datum }) => datum);
        for (let from = 0; from < data.length; from += BATCH) {
          const put = new PutMetricDataCommand({ Namespace: namespace, MetricData: data.slice(from, from + BATCH) });
          await this.client.send(put).catch(() => undefined);
        }
      }
    });
    return this.sending;
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
    this.client.destroy();
  }

  private gather(
    line: z.output<typeof Embedded>,
    namespace: string,
    names: readonly string[],
    { Name, Unit }: { Name: string; Unit?: string | undefined },
  ): void {
    const field = line[Name];
    const values = (Array.isArray(field) ? field : [field]).filter((value) => typeof value === 'number');
    const minute = Math.floor(line._aws.Timestamp / 60_000) * 60_000;
    const dimensions = names.map((dimension) => ({ Name: dimension, Value: String(line[dimension]) }));
    const key = JSON.stringify([namespace, Name, dimensions, minute]);
    for (const value of values) {
      const before = this.gathered.get(key)?.datum.StatisticValues;
      this.gathered.set(key, {
        namespace,
        datum: {
          MetricName: Name,
          Dimensions: dimensions,
          Timestamp: new Date(minute),
          ...(Unit !== undefined && { Unit: Unit as StandardUnit }),
          StatisticValues: {
            SampleCount: (before?.SampleCount ?? 0) + 1,
            Sum: (before?.Sum ?? 0) + value,
            Minimum: Math.min(before?.Minimum ?? value, value),
            Maximum: Math.max(before?.Maximum ?? value, value),
          },
        },
      });
    }
  }
}

function parse(line: string): z.output<typeof Embedded> | undefined {
  try {
    return Embedded.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
