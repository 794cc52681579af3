import { ENDED_BY_ROOM, endedOfService, type Run, type RunIndex } from '../engine';
import type { Clock } from '../platform/time/clock';
import { iso } from '../platform/time/clock';
import type { UseCases } from '../platform/http/endpoint';
import type { jobsRoutes } from './routes';

type Service = UseCases<typeof jobsRoutes>;
type Point = Awaited<ReturnType<Service['getClusterMetrics']>>['body']['metrics'][number];

/** Runs that are looked at, at most, for one chart. */
const MAX_RUNS = 20_000;
const PAGE = 100;
/** Figures of runs that are over, kept in memory: they do not change, and a page asks for them every 30 s. */
const KEPT_FIGURES = 40_000;
const MIB = 1024 * 1024;

interface Figures {
  readonly endedAt: number;
  /** Undefined when nothing ran, or nothing is known of it. */
  readonly load: { readonly cpuMs: number; readonly wallMs: number; readonly memoryPercent: number } | undefined;
}

/** How busy the execution pool was; there is one, whatever name it is called by (docs/contracts/jobs.md#metrics). */
export function getClusterMetrics(ports: {
  readonly index: RunIndex;
  readonly clock: Clock;
}): Service['getClusterMetrics'] {
  const known = new Map<string, Figures>();
  return async ({ params, query }, { principal }) => {
    const starts = bucketStarts(ports.clock.now(), query.minutes, query.period);
    const figures = await figuresSince(starts[0] ?? 0, principal.workspace, known, ports);
    const metrics = starts.map((start) => pointOf(start, inBucket(figures, start, query.period * 1000)));
    return { body: { cluster_name: params.cluster, metrics } };
  };
}

export const listMetricNames =
  (): Service['listMetricNames'] =>
  ({ params }) =>
    Promise.resolve({
      body: { cluster_name: params.cluster, metric_names: ['CPUUtilization', 'MemoryUtilization'] },
    });

/** Beginnings of the buckets, oldest first; the last one is running. */
function bucketStarts(now: number, minutes: number, periodSeconds: number): number[] {
  const periodMs = periodSeconds * 1000;
  const count = Math.max(1, Math.ceil((minutes * 60) / periodSeconds));
  const last = Math.floor(now / periodMs) * periodMs;
  return Array.from({ length: count }, (_, index) => last - (count - 1 - index) * periodMs);
}

const inBucket = (figures: readonly Figures[], start: number, periodMs: number): Figures[] =>
  figures.filter(({ endedAt }) => endedAt >= start && endedAt < start + periodMs);

function pointOf(start: number, figures: readonly Figures[]): Point {
  const loads = figures.flatMap(({ load }) => load ?? []);
  const sum = (of: (load: (typeof loads)[number]) => number): number => loads.reduce((all, one) => all + of(one), 0);
  const wallMs = sum((load) => load.wallMs);
  return {
    timestamp: iso(start),
    cpu_utilization: wallMs === 0 ? 0 : percent((100 * sum((load) => load.cpuMs)) / wallMs),
    memory_utilization: loads.length === 0 ? 0 : percent(sum((load) => load.memoryPercent) / loads.length),
  };
}

/** One decimal, 100 at most: that is where a chart's axis ends. */
const percent = (value: number): number => Math.min(100, Math.round(value * 10) / 10);

async function figuresSince(
  from: number,
  workspace: string,
  known: Map<string, Figures>,
  { index, clock }: { readonly index: RunIndex; readonly clock: Clock },
): Promise<Figures[]> {
  const figures: Figures[] = [];
  const partition = { index: ENDED_BY_ROOM, partition: endedOfService(workspace, 'jobs') } as const;
  for await (const keys of index.ended(partition, PAGE)) {
    const unknown = keys.filter(({ sk }) => !known.has(sk));
    for (const run of await index.read(unknown, clock.now())) known.set(run.id, figuresOf(run));
    const page = keys.flatMap(({ sk }) => known.get(sk) ?? []);
    figures.push(...page);
    // Newest first: once one is older than the window, all that follow are.
    if (page.some(({ endedAt }) => endedAt < from) || figures.length >= MAX_RUNS) break;
  }
  if (known.size > KEPT_FIGURES) known.clear();
  return figures;
}

function figuresOf({ usage, finishedAt, createdAt, memoryMb }: Run): Figures {
  const endedAt = finishedAt ?? createdAt;
  const wallMs = usage?.exactMs ?? 0;
  // A run that was ended from outside has no figures; it is left out instead of counted as idle.
  if (!usage || wallMs === 0) return { endedAt, load: undefined };
  return {
    endedAt,
    load: {
      cpuMs: usage.exactCpuMs ?? usage.cpuMs,
      wallMs,
      memoryPercent: (100 * usage.maxMemoryBytes) / (memoryMb * MIB),
    },
  };
}
