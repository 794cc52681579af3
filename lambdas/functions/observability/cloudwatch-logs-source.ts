import {
  GetLogEventsCommand,
  ResourceNotFoundException,
  type CloudWatchLogsClient,
  type OutputLogEvent,
} from '@aws-sdk/client-cloudwatch-logs';
import { ExportedLine } from '../../engine';
import type { LiveLine, LogSource } from './log-source';
import { SourceUnreachable } from './source-errors';

/** A stream may answer with empty pages before the one that holds its newest lines. */
const MAX_PAGES = 20;

/** The lines that the engine exported to CloudWatch Logs: one stream per function. */
export const cloudWatchLogSource = (logs: CloudWatchLogsClient, group: string): LogSource => ({
  newest: async (functionId, limit, signal) => {
    const events = await newestEvents(logs, group, functionId, limit, signal).catch((cause: unknown) => {
      if (cause instanceof ResourceNotFoundException) return []; // nothing was ever printed
      throw new SourceUnreachable('CloudWatch Logs does not answer.', { cause });
    });
    return events.map(toLine);
  },
});

async function newestEvents(
  logs: CloudWatchLogsClient,
  logGroupName: string,
  logStreamName: string,
  limit: number,
  signal: AbortSignal,
): Promise<OutputLogEvent[]> {
  const newestFirst: OutputLogEvent[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < MAX_PAGES && newestFirst.length < limit; page += 1) {
    const answer = await logs.send(
      new GetLogEventsCommand({
        logGroupName,
        logStreamName,
        limit: limit - newestFirst.length,
        startFromHead: false,
        ...(nextToken !== undefined && { nextToken }),
      }),
      { abortSignal: signal },
    );
    newestFirst.push(...(answer.events ?? []).slice().reverse());
    // The same token again says that this was the beginning of the stream.
    if (answer.nextBackwardToken === undefined || answer.nextBackwardToken === nextToken) break;
    nextToken = answer.nextBackwardToken;
  }
  return newestFirst.slice(0, limit);
}

function toLine({ timestamp = 0, message = '' }: OutputLogEvent): LiveLine {
  return { timestamp: `${timestamp}000000`, line: lineIn(message).replace(/[\r\n]+$/, '') };
}

/** What another program wrote to the stream is shown as it is. */
function lineIn(message: string): string {
  try {
    const parsed = ExportedLine.safeParse(JSON.parse(message));
    return parsed.success ? parsed.data.line : message;
  } catch {
    return message;
  }
}
