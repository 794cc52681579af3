import { type Answer, isTerminal, readAnswer, resultOf, type Run } from '../../engine';
import type { UseCases } from '../../platform/http/endpoint';
import { AppError } from '../../platform/http/errors';
import { bytesInReply, REPLY_BYTES } from '../../platform/http/reply-bytes';
import type { ExecutionLog } from '../contract';
import { engineCall } from './engine-call';
import { fewLines, logLines, shortened, toLog, type LogFacts } from './execution-log';
import { failureOf, timeoutMessage } from './failure';
import { findFunction } from '../registry/functions';
import { isOwnUrl } from '../passthrough/invocation-url';
import { ownAddress } from '../passthrough/own-address';
import { passThrough } from '../passthrough/pass-through';
import type { Ports } from '../ports';
import { rawReply } from './raw-reply';
import { readRequest, type RequestBody } from './request-body';
import type { functionsRoutes } from '../routes';

type Service = UseCases<typeof functionsRoutes>;

/**
 * Runs a function for a caller who waits (docs/contracts/functions.md#semantics). In this order: there is such a
 * function, it
 * is not disabled, the body parses, its URL may be called.
 */
export const invokeFunction =
  (ports: Ports): Service['invokeFunction'] =>
  async ({ params, query, body }, { principal, headers, remainingMs, trace }) => {
    const record = await findFunction(params, principal, ports);
    if (record.status === 'disabled')
      throw new AppError('FUNCTION_DISABLED', 'The function is disabled. Set its status to active to invoke it.');
    const request = { ...readRequest(body), trace };
    ports.rateLimit.take(record.workspace);
    const url = record.invocationUrl;
    const isElsewhere = url !== null && !isOwnUrl(url, ownAddress(record.id, headers, ports.outbound));
    const waitMs = Math.min(ports.windowMs, remainingMs());
    const run = isElsewhere
      ? await passThrough(url, record, request, waitMs, ports)
      : await engineCall(record, request, waitMs, ports);
    const answer = await answerOf(run, ports);
    if (query.raw === 'true') return rawReply(run, answer);
    const { lines, cut } = await logLines(run, ports);
    const log = fitting(
      {
        run,
        functionId: record.id,
        statusCode: answer.statusCode,
        requestBody: request.value,
        responseBody: answer.responseBody,
        logs: lines,
        cut: cut || run.resultTruncated,
      },
      request,
    );
    return { body: log, headers: { 'X-Log-Id': run.id } };
  };

/**
 * What the function answered, also where its code failed.
 * @throws AppError where the call failed: `TIMEOUT`, `STILL_RUNNING`, `INVOCATION_ERROR`, `EXECUTION_ERROR`
 */
async function answerOf(run: Run, ports: Ports): Promise<Answer> {
  const timeoutSeconds = Math.round(run.timeoutMs / 1_000);
  const headers = { 'X-Log-Id': run.id };
  const logId = run.id;
  if (!isTerminal(run.status))
    throw new AppError('STILL_RUNNING', 'The function is still running; its log will say what came of it.', {
      details: { logId, timeoutSeconds },
      headers,
      replayable: true,
    });
  if (run.status === 'COMPLETED') return readAnswer((await resultOf(run, ports)) ?? 'null');
  const { statusCode, responseBody } = failureOf(run);
  const message = run.errorMessage ?? 'The call failed.';
  switch (run.errorType) {
    case 'TIMEOUT':
      throw new AppError('TIMEOUT', timeoutMessage(timeoutSeconds), {
        details: { timeoutSeconds, logId },
        headers,
        replayable: true,
      });
    case 'CANCELLED':
    case 'PLATFORM_ERROR':
    case undefined:
      // Nothing may have run where nobody was reached: that call may be made again under its key.
      throw statusCode === 503
        ? new AppError('INVOCATION_ERROR', message, { details: { logId }, headers: { ...headers, 'Retry-After': '2' } })
        : new AppError('EXECUTION_ERROR', message, { details: { logId }, headers, replayable: true });
    case 'RUNTIME_ERROR':
    case 'SYNTAX_ERROR':
    case 'HANDLER_NOT_FOUND':
    case 'INVALID_RESULT':
    case 'OUT_OF_MEMORY': {
      const raw = () => Buffer.from(JSON.stringify(responseBody));
      return { statusCode, contentType: 'application/json', headers: {}, responseBody, raw };
    }
  }
}

/** The whole log, unless it is more than one reply can carry; then its bodies, and at last its lines, are cut as in lists. */
function fitting(facts: LogFacts, request: RequestBody): ExecutionLog {
  const whole = toLog(facts);
  if (isSmall(request.text, facts) || fits(whole)) return whole;
  const requestBody = shortened(facts.requestBody, { json: request.text }).kept;
  const withoutRequest = toLog({ ...facts, requestBody });
  if (fits(withoutRequest)) return withoutRequest;
  const short = { ...facts, requestBody, responseBody: shortened(facts.responseBody).kept, cut: true };
  const withoutBodies = toLog(short);
  return fits(withoutBodies) ? withoutBodies : toLog({ ...short, logs: fewLines(facts.logs) });
}

/** No character takes more than 7 bytes of a reply: what is this small need not be counted. */
const isSmall = (text: string, { responseBody, logs }: LogFacts): boolean =>
  text.length + JSON.stringify(responseBody).length + JSON.stringify(logs).length < REPLY_BYTES / 8;

const fits = (log: ExecutionLog): boolean => bytesInReply(log) <= REPLY_BYTES;
