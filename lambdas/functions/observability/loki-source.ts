import * as z from 'zod';
import { getJson } from './http-source';
import type { LogSource } from './log-source';
import { SourceUnreadable } from './source-errors';

const Answer = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.literal('streams'),
    result: z.array(z.object({ values: z.array(z.tuple([z.string().regex(/^\d+$/), z.string()]).rest(z.unknown())) })),
  }),
});

/** Logs are kept for 30 days; Loki refuses to look back much further in one query. */
const LOOK_BACK_SECONDS = 30 * 86_400;

/** A Loki that collects the lines of deployed functions, with the label `function_id`. */
export const lokiSource = (baseUrl: string, now: () => number): LogSource => ({
  newest: async (functionId, limit, signal) => {
    const seconds = Math.ceil(now() / 1000);
    const query = {
      query: `{function_id="${functionId}"}`,
      limit: String(limit),
      direction: 'backward',
      start: `${seconds - LOOK_BACK_SECONDS}000000000`,
      end: `${seconds}000000000`,
    };
    const answer = Answer.safeParse(await getJson(baseUrl, '/loki/api/v1/query_range', query, signal));
    if (!answer.success) throw new SourceUnreadable('Loki answered something else than streams.');
    return answer.data.data.result
      .flatMap(({ values }) => values.map(([timestamp, line]) => ({ timestamp, line: line.replace(/[\r\n]+$/, '') })))
      .sort((a, b) =>
        BigInt(a.timestamp) < BigInt(b.timestamp) ? 1 : BigInt(a.timestamp) > BigInt(b.timestamp) ? -1 : 0,
      )
      .slice(0, limit);
  },
});
