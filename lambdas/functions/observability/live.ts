import type { UseCases } from '../../platform/http/endpoint';
import { AppError, invalid } from '../../platform/http/errors';
import { fittingReply } from '../../platform/http/reply-bytes';
import { maySee, type Principal } from '../../platform/auth/principal';
import { notFound } from '../errors';
import { LIMITS } from '../limits';
import type { Answered, MetricsQuery, Sample } from './metrics-source';
import type { Ports } from '../ports';
import type { functionsRoutes } from '../routes';
import { SourceUnreachable, SourceUnreadable } from './source-errors';

type Service = UseCases<typeof functionsRoutes>;

/**
 * Lines that a function printed, from wherever they are collected (docs/contracts/functions.md#loki-logs-and-metrics).
 */
export const lokiLogs =
  (ports: Ports): Service['lokiLogs'] =>
  async ({ params: { functionId }, query }, { principal }) => {
    await known(functionId, principal, ports);
    const signal = AbortSignal.timeout(LIMITS.sourceMs);
    const logs = await ports.logSource.newest(functionId, query.limit, signal).catch((cause: unknown) => {
      throw cause instanceof SourceUnreachable
        ? new AppError('LOKI_CONNECTION_ERROR', 'The source of the log lines does not answer.', { cause })
        : new AppError('LOKI_ERROR', 'The source of the log lines answered what cannot be read.', { cause });
    });
    const carried = fittingReply(logs);
    return { body: { logs: carried, total: carried.length, function_id: functionId } };
  };

/**
 * CPU use of the last hour. One of two queries failing leaves the other's half (docs/contracts/functions.md#semantics).
 */
export const functionMetrics =
  (ports: Ports): Service['functionMetrics'] =>
  async ({ params: { functionId } }, { principal }) => {
    await known(functionId, principal, ports);
    const now = Math.floor(ports.clock.now() / 1000);
    const minute = now - (now % 60);
    const from = minute - LIMITS.metricsWindowSeconds;
    const signal = AbortSignal.timeout(LIMITS.sourceMs);
    const instant = ports.metricsSource.instant(functionId, minute);
    const range = ports.metricsSource.range(functionId, from, now);
    const [total, series] = await Promise.all([attempt(instant, signal), attempt(range, signal)]);
    if ('error' in total && 'error' in series) throw bothFailed(total.error, series.error);
    return {
      body: {
        status: 'error' in total || 'error' in series ? ('partial' as const) : ('success' as const),
        function_id: functionId,
        data: {
          cpu_total: 'error' in total ? null : totalOf(total.samples, 'error' in series ? [] : series.samples, minute),
          cpu_series: 'error' in series ? [] : filled(series.samples, minute),
          window_seconds: 3_600 as const,
          instant_query: instant.text,
          range_query: range.text,
          raw_instant: 'error' in total ? null : total.raw,
          raw_range: 'error' in series ? null : series.raw,
        },
      },
    };
  };

/**
 * Known is what is a function, or was named in a deploy, in a workspace that the caller may see.
 * @throws AppError `VALIDATION_ERROR`, `NOT_FOUND`
 */
async function known(functionId: string, principal: Principal, { functions, workspaces }: Ports): Promise<void> {
  // It becomes part of a query: nothing that would need escaping gets there.
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(functionId))
    throw invalid('functionId', 'functionId must have 1 to 64 letters, digits, _ or -');
  const visible = (await functions.workspacesOf(functionId)).filter((workspace) => maySee(principal, workspace));
  for (const workspace of visible) if (await workspaces.get(workspace)) return;
  throw notFound('function', functionId);
}

type Attempt = Answered | { readonly error: unknown };

const attempt = (query: MetricsQuery, signal: AbortSignal): Promise<Attempt> =>
  query.send(signal).catch((error: unknown) => ({ error }));

/** Queries that failed are one thing with a source that is away; only two answers nobody can read are another. */
function bothFailed(first: unknown, second: unknown): AppError {
  return first instanceof SourceUnreadable && second instanceof SourceUnreadable
    ? new AppError('PROMETHEUS_ERROR', 'The source of the metrics answered what cannot be read.', { cause: first })
    : new AppError('PROMETHEUS_CONNECTION_ERROR', 'The source of the metrics does not answer the queries.', {
        cause: first,
      });
}

const cores = (cpuMs: number): number => cpuMs / 60_000;

/** Of the last full minute: null where there was no sample up to its end, 0 where there was none in it. */
function totalOf(instant: readonly Sample[], series: readonly Sample[], minute: number): number | null {
  if (instant.length === 0) return series.some(({ timestamp }) => timestamp < minute) ? 0 : null;
  return cores(instant.reduce((sum, { cpuMs }) => sum + cpuMs, 0));
}

/** From the first sample on, minutes without one are 0. */
function filled(samples: readonly Sample[], until: number): { timestamp: number; value: number }[] {
  const byMinute = new Map<number, number>();
  for (const { timestamp, cpuMs } of samples) byMinute.set(timestamp, (byMinute.get(timestamp) ?? 0) + cpuMs);
  const minutes = [...byMinute.keys()].sort((a, b) => a - b);
  const [first] = minutes;
  if (first === undefined) return [];
  // The minute that is going on is there when it has a sample; before its end a 0 would say too much.
  const last = Math.max(minutes.at(-1) ?? first, until - 60);
  const series: { timestamp: number; value: number }[] = [];
  for (let timestamp = first; timestamp <= last; timestamp += 60)
    series.push({ timestamp, value: cores(byMinute.get(timestamp) ?? 0) });
  return series;
}
