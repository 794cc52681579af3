import type { Blobs } from '../engine/blobs';
import { eventsAfter, resultOf, type ReadPorts } from '../engine/read-run';
import type { Run } from '../engine/run';
import { cutToBytes } from '../engine/text';
import { readAnswer, type Answer } from './answer';
import type { ExecutionLog } from './contract';
import { failureOf } from './failure';
import { LIMITS } from './limits';
import { kst } from './time';

/** A log is a view of a run that is over: there is one run per invocation, and so there is one log. */

/** Results above this size are not read as a whole for a list: their beginning and their size say enough. */
const READ_WHOLE_BYTES = 256 * 1024;

export interface LogPorts extends ReadPorts {
  readonly blobs: Pick<Blobs, 'getResult' | 'getRequest'>;
}

export interface LogFacts {
  readonly run: Run;
  readonly functionId: string;
  readonly statusCode: number;
  readonly requestBody: unknown;
  readonly responseBody: unknown;
  readonly logs: readonly string[];
  /** Something of a success was cut. */
  readonly cut: boolean;
}

export function toLog(facts: LogFacts): ExecutionLog {
  const { run, functionId, statusCode, requestBody, responseBody, logs, cut } = facts;
  const isSuccess = statusCode >= 200 && statusCode <= 299;
  return {
    id: run.id,
    functionId,
    timestamp: kst(run.finishedAt ?? run.createdAt),
    status: isSuccess ? 'success' : 'error',
    duration: run.usage?.durationMs ?? 0,
    statusCode,
    requestBody,
    responseBody,
    logs: [...logs],
    level: !isSuccess ? 'error' : cut ? 'warn' : 'info',
  };
}

/** A log as lists show it: bodies cut to what is kept. */
export async function storedLog(run: Run, functionId: string, ports: LogPorts): Promise<ExecutionLog> {
  const [request, response, lines] = await Promise.all([
    storedRequest(run, ports),
    storedResponse(run, ports),
    logLines(run, ports),
  ]);
  return toLog({
    run,
    functionId,
    statusCode: response.statusCode,
    requestBody: request,
    responseBody: response.responseBody,
    logs: lines.lines,
    cut: lines.cut || response.cut || run.resultTruncated,
  });
}

/** What stands in for JSON that is larger than a log keeps. */
export function shortened(
  value: unknown,
  json = JSON.stringify(value),
): { readonly kept: unknown; readonly cut: boolean } {
  const bytes = Buffer.byteLength(json);
  if (bytes <= LIMITS.loggedBytes) return { kept: value, cut: false };
  return { kept: preview(json, bytes), cut: true };
}

const preview = (json: string, bytes: number) => ({
  truncated: true,
  bytes,
  preview: json.slice(0, LIMITS.previewChars).toWellFormed(),
});

async function storedRequest(run: Run, { blobs }: LogPorts): Promise<unknown> {
  const json = run.requestStored ? await blobs.getRequest(run.workspace, run.id) : run.requestJson;
  return json === undefined ? {} : (JSON.parse(json) as unknown);
}

async function storedResponse(
  run: Run,
  ports: LogPorts,
): Promise<Pick<Answer, 'statusCode' | 'responseBody'> & { readonly cut: boolean }> {
  if (run.status !== 'COMPLETED') return { ...failureOf(run), cut: false };
  if ((run.resultBytes ?? 0) > READ_WHOLE_BYTES) {
    const start = (await ports.blobs.getResult(run.workspace, run.id, 4 * LIMITS.previewChars)) ?? '';
    const body = start.replace(/^\{"statusCode":\d+,"headers":\{[^}]*\},"body(?:Text|Base64)?":/, '');
    return { statusCode: run.statusCode ?? 200, responseBody: preview(body, run.resultBytes ?? 0), cut: true };
  }
  const { statusCode, responseBody } = readAnswer((await resultOf(run, ports)) ?? 'null');
  const { kept, cut } = shortened(responseBody);
  return { statusCode, responseBody: kept, cut };
}

/** STATUS events after the log lines, and COMPLETE. */
const EVENTS_AFTER_LOGS = 2;
/** STATUS events before them, at most. */
const EVENTS_BEFORE_LOGS = 4;

/** Lines that a run printed; where there are too many the last one says how many were left out. */
export async function logLines(
  run: Run,
  ports: ReadPorts,
): Promise<{ readonly lines: readonly string[]; readonly cut: boolean }> {
  const events = await eventsAfter(run, 0, LIMITS.logLines + EVENTS_BEFORE_LOGS + EVENTS_AFTER_LOGS, {
    ...ports,
    // The result is in COMPLETE, which nobody reads here.
    blobs: NO_RESULT,
  });
  const lines = events.flatMap(({ event, data }) => (event === 'LOG' ? [String(data['line'])] : []));
  const before = events.findIndex(({ event }) => event === 'LOG');
  const total = before < 0 ? 0 : run.lastSeq - before - EVENTS_AFTER_LOGS;
  const cut = run.logsTruncated || total > LIMITS.logLines;
  if (total <= LIMITS.logLines) return { lines: lines.map(cutLine), cut };
  const kept = lines.slice(0, LIMITS.logLines - 1).map(cutLine);
  return { lines: [...kept, `... ${total - kept.length} more lines were left out.`], cut };
}

const NO_RESULT = { getResult: () => Promise.resolve('null') };

const cutLine = (line: string): string => cutToBytes(line, LIMITS.logLineBytes);
