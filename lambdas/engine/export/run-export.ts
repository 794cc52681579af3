import {
  CreateLogStreamCommand,
  PutLogEventsCommand,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
  type CloudWatchLogsClient,
  type InputLogEvent,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Clock } from '../../platform/time/clock';
import { CPU_METRIC, METRICS_NAMESPACE, OWNER_DIMENSION, type ExportedLine } from './export-format';
import type { StoredEvent } from '../events/event';
import type { Run } from '../run/run';

/**
 * Lines and CPU time of runs, for those who look at logs and metrics and not at runs: each line goes to CloudWatch Logs,
 * to one stream per owner, so that the newest lines of one owner are one read; the CPU time is one metric line in the
 * runner's own log (embedded metric format), which needs no call. A run without output costs no call at all.
 */
export type RunExporter = (run: Run) => RunExport;

export interface RunExport {
  /** Takes log lines as they come. */
  take(events: readonly StoredEvent[]): void;
  /** Sends what is left. Never throws: a run does not fail because its export did. */
  end(cpuMs: number, now: number): Promise<void>;
}

/** Limits of PutLogEvents are 1 MB, with 26 bytes for each event, and 10,000 events. */
const BATCH_BYTES = 900_000;
const EVENT_BYTES = 26;
/** A long run is seen while it goes on: its lines wait no longer than this, ms. */
const FLUSH_EVERY_MS = 5_000;

/** @param writeLine to the function's own log, as the line is */
export function exportRuns(
  logs: CloudWatchLogsClient,
  group: string,
  clock: Clock,
  writeLine: (line: string) => void,
): RunExporter {
  return (run) => {
    const stream = run.owner ?? run.id;
    let waiting: InputLogEvent[] = [];
    let bytes = 0;
    let flushedAt = clock.now();
    let sending: Promise<void> = Promise.resolve();

    const flush = (): void => {
      const logEvents = waiting;
      waiting = [];
      bytes = 0;
      flushedAt = clock.now();
      if (logEvents.length > 0) sending = sending.then(() => send(logs, group, stream, logEvents));
    };

    return {
      take: (events) => {
        for (const event of events) {
          if (event[0] !== 'L') continue;
          const [, at, from, line] = event;
          const message = JSON.stringify(lineOf(run, from === 'o' ? 'stdout' : 'stderr', line));
          const size = Buffer.byteLength(message) + EVENT_BYTES;
          if (bytes + size > BATCH_BYTES) flush();
          waiting.push({ timestamp: at, message });
          bytes += size;
        }
        if (clock.now() - flushedAt >= FLUSH_EVERY_MS) flush();
      },
      end: async (cpuMs, now) => {
        writeLine(metricLine(stream, cpuMs, now));
        flush();
        await sending;
      },
    };
  };
}

const lineOf = (run: Run, stream: ExportedLine['stream'], line: string): ExportedLine => ({
  owner: run.owner ?? run.id,
  run: run.id,
  stream,
  line,
});

/** CloudWatch reads metrics out of such lines (embedded metric format): nothing is called and nothing waits. */
const metricLine = (owner: string, cpuMs: number, now: number): string =>
  JSON.stringify({
    _aws: {
      Timestamp: now,
      CloudWatchMetrics: [
        {
          Namespace: METRICS_NAMESPACE,
          Dimensions: [[OWNER_DIMENSION]],
          Metrics: [{ Name: CPU_METRIC, Unit: 'Milliseconds' }],
        },
      ],
    },
    [OWNER_DIMENSION]: owner,
    [CPU_METRIC]: cpuMs,
  });

async function send(
  logs: CloudWatchLogsClient,
  logGroupName: string,
  logStreamName: string,
  logEvents: InputLogEvent[],
): Promise<void> {
  const put = new PutLogEventsCommand({ logGroupName, logStreamName, logEvents });
  try {
    await logs.send(put).catch(async (error: unknown) => {
      if (!(error instanceof ResourceNotFoundException)) throw error;
      // The first line of an owner; another worker may make the stream at the same time.
      await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName })).catch((refused: unknown) => {
        if (!(refused instanceof ResourceAlreadyExistsException)) throw refused;
      });
      await logs.send(put);
    });
  } catch (error) {
    console.error(`cannot export ${logEvents.length} log lines`, error);
  }
}
