import {
  type Answer,
  type Blobs,
  eventsAfter,
  previewOf,
  readAnswer,
  type ReadPorts,
  resultOf,
  type Run,
  SHOWN_BYTES,
  wallMs,
} from '../../engine';
import { cutToBytes } from '../../platform/text';
import type { ExecutionLog } from '../contract';
import { failureOf } from './failure';
import { LIMITS } from '../limits';
import { kst } from '../registry/time';

/** A log is a view of a run that is over: there is one run per invocation, and so there is one log. */

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
    duration: wallMs(run),
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
  { json = JSON.stringify(value), maxBytes = SHOWN_BYTES }: { json?: string; maxBytes?: number } = {},
): { readonly kept: unknown; readonly cut: boolean } {
  const bytes = Buffer.byteLength(json);
  if (bytes <= maxBytes) return { kept: value, cut: false };
  return { kept: previewOf(json), cut: true };
}

async function storedRequest(run: Run, { blobs }: LogPorts): Promise<unknown> {
  const json = run.requestStored ? await blobs.getRequest(run.workspace, run.id) : run.requestJson;
  return json === undefined ? {} : (JSON.parse(json) as unknown);
}

async function storedResponse(
  run: Run,
  ports: LogPorts,
): Promise<Pick<Answer, 'statusCode' | 'responseBody'> & { readonly cut: boolean }> {
  if (run.status !== 'COMPLETED') return { ...failureOf(run), cut: false };
  const { resultPreview } = run;
  if (resultPreview) return { statusCode: run.statusCode ?? 200, responseBody: resultPreview, cut: true };
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
  // How many the engine itself has dropped nobody has counted.
  return { lines: [...kept, leftOut(total - kept.length, run.logsTruncated)], cut };
}

/** Bytes of JSON that the lines of a shortened log have at most. */
const FEW_LINES_BYTES = 1_024;

/** The first lines, for where all are more than an answer can carry. */
export function fewLines(lines: readonly string[]): string[] {
  const kept: string[] = [];
  let bytes = 0;
  for (const line of lines) {
    bytes += Buffer.byteLength(JSON.stringify(line));
    if (bytes > FEW_LINES_BYTES) return [...kept, leftOut(lines.length - kept.length)];
    kept.push(line);
  }
  return kept;
}

const leftOut = (count: number, atLeast = false): string =>
  `... ${atLeast ? 'at least ' : ''}${count} more lines were left out.`;

const NO_RESULT = { getResult: () => Promise.resolve('null') };

const cutLine = (line: string): string => cutToBytes(line, LIMITS.logLineBytes);
