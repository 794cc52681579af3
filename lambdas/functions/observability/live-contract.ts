import * as z from 'zod';

/** The two observability answers, in snake case as their clients know them (docs/contracts/functions.md#resources). */

export const LokiLogsResponse = z
  .object({
    logs: z.array(
      z.object({
        timestamp: z.string().meta({ description: 'Unix nanoseconds, decimal.' }),
        line: z.string(),
      }),
    ),
    total: z.int().min(0),
    function_id: z.string(),
  })
  .meta({ id: 'LokiLogsResponse' });
export type LokiLogsResponse = z.output<typeof LokiLogsResponse>;

const RawAnswer = z.record(z.string(), z.unknown()).nullable();

export const PrometheusMetricsResponse = z
  .object({
    status: z.enum(['success', 'partial']),
    function_id: z.string(),
    data: z.object({
      cpu_total: z.number().nullable().meta({ description: 'Cores, rate of the last full minute.' }),
      cpu_series: z.array(z.object({ timestamp: z.number(), value: z.number() })),
      window_seconds: z.literal(3600),
      instant_query: z.string(),
      range_query: z.string(),
      raw_instant: RawAnswer,
      raw_range: RawAnswer,
    }),
  })
  .meta({ id: 'PrometheusMetricsResponse' });
export type PrometheusMetricsResponse = z.output<typeof PrometheusMetricsResponse>;
