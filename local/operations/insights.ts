import { setTimeout as wait } from 'node:timers/promises';
import {
  GetQueryResultsCommand,
  paginateDescribeLogGroups,
  StartQueryCommand,
  type CloudWatchLogsClient,
} from '@aws-sdk/client-cloudwatch-logs';

/** A row of an answer: text by field. A field that an event has not is not there. */
export type Row = Readonly<Record<string, string>>;

export interface Question {
  /** In the language of Logs Insights. */
  readonly query: string;
  readonly logGroups: readonly string[];
  /** Epoch ms; whole seconds of both count. */
  readonly from: number;
  readonly to: number;
}

const POLL_MS = 300;
const PATIENCE_MS = 60_000;

/**
 * Asks Logs Insights, here or in an account, and waits for the answer.
 * @throws Error where the query was refused, failed, or took longer than a minute
 */
export async function askLogs(client: CloudWatchLogsClient, question: Question): Promise<Row[]> {
  const { queryId } = await client.send(
    new StartQueryCommand({
      queryString: question.query,
      logGroupNames: [...question.logGroups],
      startTime: Math.floor(question.from / 1_000),
      endTime: Math.ceil(question.to / 1_000),
    }),
  );
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until) {
    const { status, results = [] } = await client.send(new GetQueryResultsCommand({ queryId }));
    if (status === 'Complete')
      return results.map((row) => Object.fromEntries(row.map(({ field = '', value = '' }) => [field, value])));
    if (status !== 'Running' && status !== 'Scheduled')
      throw new Error(`A query of the logs ended as ${status ?? 'nothing'}.`);
    await wait(POLL_MS);
  }
  throw new Error('A query of the logs took longer than a minute.');
}

/** Log groups of a stage's functions, as the saved queries have them. */
export async function logGroupsOf(client: CloudWatchLogsClient, stage: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { logGroups = [] } of paginateDescribeLogGroups(
    { client },
    { logGroupNamePrefix: `/narae/${stage}/` },
  ))
    names.push(...logGroups.flatMap(({ logGroupName }) => logGroupName ?? []));
  return names;
}
