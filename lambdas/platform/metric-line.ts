/** A metric of a line: its value, and its unit where that is not a count. */
export interface MetricValue {
  readonly value: number;
  readonly unit?: 'Milliseconds';
}

/** A log line that CloudWatch also reads metrics from (embedded metric format). */
export interface MetricLine {
  /** Epoch ms. */
  readonly at: number;
  /** Each set of names is a metric of its own; their values stand in `fields`. */
  readonly dimensions: readonly (readonly string[])[];
  readonly metrics: Readonly<Record<string, MetricValue>>;
  readonly fields: Readonly<Record<string, unknown>>;
}

const NAMESPACE = 'Narae';

/** The line as an object of JSON: metrics are fields like all others, and can be asked for like them. */
export const metricLine = ({ at, dimensions, metrics, fields }: MetricLine): Readonly<Record<string, unknown>> => ({
  _aws: {
    Timestamp: at,
    CloudWatchMetrics: [
      {
        Namespace: NAMESPACE,
        Dimensions: dimensions,
        // Without a unit it is none for CloudWatch, which counts as well; the lines are paid for by their bytes.
        Metrics: Object.entries(metrics).map(([Name, { unit }]) => ({ Name, ...(unit && { Unit: unit }) })),
      },
    ],
  },
  ...fields,
  ...Object.fromEntries(Object.entries(metrics).map(([name, metric]) => [name, valueOf(metric)])),
});

/** Of milliseconds two decimals are enough. */
const valueOf = ({ value, unit }: MetricValue): number => (unit === undefined ? value : Math.round(value * 100) / 100);
