import {
  CloudWatchClient,
  PutMetricDataCommand,
  type MetricDatum,
  type StandardUnit,
} from '@aws-sdk/client-cloudwatch';
import { clientConfig } from '../aws';

const FLUSH_EVERY_MS = 1_000;
/** PutMetricData takes 1,000 at a time. */
const BATCH = 1_000;

/** What a value is one of. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string | undefined;
  readonly dimensions: Readonly<Record<string, string>>;
}

interface Gathered {
  readonly namespace: string;
  readonly datum: MetricDatum & { readonly StatisticValues: Required<NonNullable<MetricDatum['StatisticValues']>> };
}

/**
 * Puts metrics into CloudWatch: values of a minute are summed up before they are sent. What can't be sent is dropped.
 */
export class MetricSums {
  readonly #client: CloudWatchClient;
  readonly #timer: NodeJS.Timeout;
  #gathered = new Map<string, Gathered>();
  #sending: Promise<void> = Promise.resolve();

  constructor(endpoint: string) {
    this.#client = new CloudWatchClient({ ...clientConfig(endpoint), maxAttempts: 1 });
    this.#timer = setInterval(() => void this.flush(), FLUSH_EVERY_MS);
    this.#timer.unref();
  }

  /** @param at epoch ms */
  add({ namespace, name, unit, dimensions }: Metric, value: number, at: number): void {
    const minute = Math.floor(at / 60_000) * 60_000;
    const key = JSON.stringify([namespace, name, dimensions, minute]);
    const before = this.#gathered.get(key)?.datum.StatisticValues;
    this.#gathered.set(key, {
      namespace,
      datum: {
        MetricName: name,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        Timestamp: new Date(minute),
        ...(unit !== undefined && { Unit: unit as StandardUnit }),
        StatisticValues: {
          SampleCount: (before?.SampleCount ?? 0) + 1,
          Sum: (before?.Sum ?? 0) + value,
          Minimum: Math.min(before?.Minimum ?? value, value),
          Maximum: Math.max(before?.Maximum ?? value, value),
        },
      },
    });
  }

  /** Sends what has been gathered. Never rejects. */
  flush(): Promise<void> {
    const all = [...this.#gathered.values()];
    this.#gathered = new Map();
    this.#sending = this.#sending.then(async () => {
      for (const namespace of new Set(all.map((one) => one.namespace))) {
        const data = all.filter((one) => one.namespace === namespace).map(({ datum }) => datum);
        for (let from = 0; from < data.length; from += BATCH) {
          const put = new PutMetricDataCommand({ Namespace: namespace, MetricData: data.slice(from, from + BATCH) });
          await this.#client.send(put).catch(() => undefined);
        }
      }
    });
    return this.#sending;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
    this.#client.destroy();
  }
}
