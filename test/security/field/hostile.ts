import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Target } from '../../support/api';
import { within } from '../../support/wait';
import { INJECTED, type HostileRequest } from '../attacks/requests';

const ANSWER_DEADLINE_MS = 40_000;

export interface HostileAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Sends a request as it is written: fetch would clean the address and refuse some of the headers. */
export function sendAsIs(
  { url, key }: Target,
  { method, path, headers, body }: HostileRequest,
): Promise<HostileAnswer> {
  const { protocol, hostname, port } = new URL(url);
  const request = (protocol === 'https:' ? tlsRequest : plainRequest)({
    hostname,
    port,
    method,
    path,
    agent: false,
    headers: { ...(key !== undefined && { 'X-API-Key': key }), 'Content-Length': body?.length ?? 0, ...headers },
  });
  const answered = new Promise<HostileAnswer>((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) => {
      // A body that is refused while it is sent ends with a broken connection, after the answer.
      request.on('error', () => undefined);
      const { statusCode: status = 0, headers: answerHeaders } = response;
      text(response).then((content) => resolve({ status, headers: answerHeaders, text: content }), reject);
    });
  });
  request.end(body);
  return within(`an answer to ${path.slice(0, 100)}`, ANSWER_DEADLINE_MS, answered).finally(() => request.destroy());
}

/** What is wrong with the answer; empty where the request was refused, or taken for what it is. */
export function problemsWith(
  { statuses }: HostileRequest,
  { status, headers, text: content }: HostileAnswer,
): string[] {
  const problems: string[] = [];
  if (status >= 500 || (statuses !== undefined && !statuses.includes(status))) {
    problems.push(`it was answered ${status}: ${content.slice(0, 300)}`);
  }
  if ('x-injected' in headers) problems.push('a header of the answer is its own');
  if (INJECTED.test(content + JSON.stringify(headers))) problems.push('what it made up is in the answer');
  return problems;
}
