import * as z from 'zod';
import type { LogSink } from './environment-log';
import type { MetricSums } from './metric-sums';

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

/** Reads metrics out of log lines, as CloudWatch does and the emulator does not; the lines stay in the log. */
export class EmbeddedMetrics implements LogSink {
  readonly #metrics: MetricSums;

  constructor(metrics: MetricSums) {
    this.#metrics = metrics;
  }

  write(line: string): void {
    if (!line.startsWith('{"_aws":') || line.length > LONGEST_LINE_CHARACTERS) return;
    const embedded = parse(line);
    if (!embedded) return;
    for (const { Namespace, Dimensions, Metrics } of embedded._aws.CloudWatchMetrics) {
      for (const names of Dimensions) {
        for (const metric of Metrics) this.#gather(embedded, Namespace, names, metric);
      }
    }
  }

  #gather(
    line: z.output<typeof Embedded>,
    namespace: string,
    names: readonly string[],
    { Name: name, Unit: unit }: { Name: string; Unit?: string | undefined },
  ): void {
    const field = line[name];
    const values = (Array.isArray(field) ? field : [field]).filter((value) => typeof value === 'number');
    const dimensions = Object.fromEntries(names.map((dimension) => [dimension, String(line[dimension])]));
    for (const value of values) this.#metrics.add({ namespace, name, unit, dimensions }, value, line._aws.Timestamp);
  }
}

function parse(line: string): z.output<typeof Embedded> | undefined {
  try {
    return Embedded.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
