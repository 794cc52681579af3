import * as z from 'zod';
import { getJson } from './http-source';
import type { MetricsSource, Sample } from './metrics-source';
import { SourceFailed, SourceUnreadable } from './source-errors';

/** Sum of CPU milliseconds in a minute, in cores. */
const queryOf = (functionId: string): string => `sum(cpu_ms{function_id="${functionId}"})/60000`;

const Point = z.tuple([z.number(), z.string()]);
const Refusal = z.object({ status: z.literal('error') });
const Vector = z.object({
  status: z.literal('success'),
  data: z.object({ resultType: z.literal('vector'), result: z.array(z.object({ value: Point })) }),
});
const Matrix = z.object({
  status: z.literal('success'),
  data: z.object({ resultType: z.literal('matrix'), result: z.array(z.object({ values: z.array(Point) })) }),
});

/** A Prometheus that collects the CPU time of deployed functions, with the label `function_id`. */
export const prometheusSource = (baseUrl: string): MetricsSource => ({
  instant: (functionId, untilSeconds) => ({
    text: queryOf(functionId),
    send: async (signal) => {
      const query = { query: queryOf(functionId), time: String(untilSeconds) };
      const raw = await getJson(baseUrl, '/api/v1/query', query, signal);
      const { data } = readable(Vector, raw);
      return { samples: data.result.map(({ value }) => toSample(value)), raw: objectOf(raw) };
    },
  }),
  range: (functionId, fromSeconds, untilSeconds) => ({
    text: queryOf(functionId),
    send: async (signal) => {
      const range = { start: String(fromSeconds), end: String(untilSeconds), step: '60' };
      const raw = await getJson(baseUrl, '/api/v1/query_range', { query: queryOf(functionId), ...range }, signal);
      const { data } = readable(Matrix, raw);
      return { samples: data.result.flatMap(({ values }) => values.map(toSample)), raw: objectOf(raw) };
    },
  }),
});

function toSample([timestamp, cores]: z.output<typeof Point>): Sample {
  const cpuMs = Number(cores) * 60_000;
  if (!Number.isFinite(cpuMs)) throw new SourceUnreadable('Prometheus answered a value that is no number.');
  return { timestamp: Math.floor(timestamp / 60) * 60, cpuMs };
}

function readable<S extends z.ZodType>(schema: S, raw: unknown): z.output<S> {
  if (Refusal.safeParse(raw).success) throw new SourceFailed('Prometheus answered that the query failed.');
  const answer = schema.safeParse(raw);
  if (!answer.success) throw new SourceUnreadable('Prometheus answered something else than samples.');
  return answer.data;
}

const objectOf = (raw: unknown): Record<string, unknown> => z.record(z.string(), z.unknown()).parse(raw);
