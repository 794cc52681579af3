import {
  CloudWatchClient,
  PutMetricDataCommand,
  type MetricDatum,
  type StandardUnit,
} from '@aws-sdk/client-cloudwatch';
import { clientConfig } from '../aws';

const FLUSH_EVERY_MS = 1_000;
/** PutMetricData takes 1,000 at a time, each with 150 different values. */
const BATCH = 1_000;
const VALUES_PER_DATUM = 150;

/** What a value is one of. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string | undefined;
  readonly dimensions: Readonly<Record<string, string>>;
}

interface Gathered {
  readonly metric: Metric;
  /** Beginning of the minute, epoch ms. */
  readonly minute: number;
  /** How often each value was there: statistic sets would lose percentiles. */
  readonly counts: Map<number, number>;
}

/**
 * Puts metrics into CloudWatch: what comes within a second is sent at once, equal values as one. What can't be sent is
 * dropped.
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
  add(metric: Metric, value: number, at: number): void {
    const minute = Math.floor(at / 60_000) * 60_000;
    const key = JSON.stringify([metric.namespace, metric.name, metric.dimensions, minute]);
    const gathered = this.#gathered.get(key) ?? { metric, minute, counts: new Map<number, number>() };
    this.#gathered.set(key, gathered);
    gathered.counts.set(value, (gathered.counts.get(value) ?? 0) + 1);
  }

  /** Sends what has been gathered. Never rejects. */
  flush(): Promise<void> {
    const all = [...this.#gathered.values()];
    this.#gathered = new Map();
    this.#sending = this.#sending.then(async () => {
      for (const namespace of new Set(all.map(({ metric }) => metric.namespace))) {
        const data = all.filter(({ metric }) => metric.namespace === namespace).flatMap(dataOf);
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

function dataOf({ metric: { name, unit, dimensions }, minute, counts }: Gathered): MetricDatum[] {
  const entries = [...counts];
  const data: MetricDatum[] = [];
  for (let from = 0; from < entries.length; from += VALUES_PER_DATUM) {
    const some = entries.slice(from, from + VALUES_PER_DATUM);
    data.push({
      MetricName: name,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      Timestamp: new Date(minute),
      ...(unit !== undefined && { Unit: unit as StandardUnit }),
      Values: some.map(([value]) => value),
      Counts: some.map(([, count]) => count),
    });
  }
  return data;
}
