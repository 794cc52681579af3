import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { QueryString } from 'aws-cdk-lib/aws-logs';
import { SAVED_QUERIES } from '../../lib/constructs/saved-queries';
import { askLogs, logGroupsOf, type Row } from '../../local/operations/insights';
import { runbook, type Finding } from './finding';

/** Failures of ours that the saved queries find, and the chapter about each. */
const ASKED: Readonly<Record<string, { readonly what: string; readonly chapter: string; readonly wrong: boolean }>> = {
  'failures-by-function': {
    what: 'runs that we failed',
    chapter: 'find-out-why-the-platform-failed-a-run',
    wrong: true,
  },
  'failed-requests': { what: 'requests answered 5xx', chapter: 'api-server-errors', wrong: true },
  // What was refused is tried again: nothing is lost by it alone.
  throttled: { what: 'sandboxes and workers refused', chapter: 'functions-throttled', wrong: false },
};
const SHOWN = 5;

/** @param sinceMs how far back, ms */
export async function failures(client: CloudWatchLogsClient, stage: string, sinceMs: number): Promise<Finding[]> {
  const logGroups = await logGroupsOf(client, stage);
  if (logGroups.length === 0)
    return [{ what: 'logs', state: 'note', detail: `there are none of the stage ${stage} yet` }];
  const to = Date.now();
  return Promise.all(
    Object.entries(ASKED).map(async ([name, { what, chapter, wrong }]) => {
      const rows = await askLogs(client, { query: queryOf(name), logGroups, from: to - sinceMs, to });
      // Code that fails is its author's; the row of a run that we failed says how.
      const ours = name === 'failures-by-function' ? rows.filter(({ fault }) => fault !== undefined) : rows;
      return findingOf(what, ours, wrong ? 'wrong' : 'note', chapter);
    }),
  );
}

export function findingOf(what: string, rows: readonly Row[], state: 'wrong' | 'note', chapter: string): Finding {
  if (rows.length === 0) return { what, state: 'ok', detail: 'none' };
  const lines = rows.slice(0, SHOWN).map((row) => inOneLine(row));
  if (rows.length > SHOWN) lines.push(`and ${rows.length - SHOWN} more`);
  return { what, state, detail: 'there are some', lines, next: runbook(chapter) };
}

const inOneLine = (row: Row): string =>
  Object.entries(row)
    .filter(([field]) => field !== '@ptr')
    .map(([field, value]) => `${field} ${value}`)
    .join(', ');

function queryOf(wanted: string): string {
  const saved = SAVED_QUERIES.find(({ name }) => name === wanted);
  if (!saved) throw new Error(`There is no saved query ${wanted}.`);
  return new QueryString(saved.query).toString();
}
