import type * as z from 'zod';
import { ErrorBody, ErrorBodyWithDetail } from './shapes';

/** The deployment that the tests speak to. */
export interface Target {
  /** Origin, without a slash at the end. */
  readonly url: string;
  /** API key, sent as `X-API-Key`; undefined where the stage asks for none. */
  readonly key: string | undefined;
}

/** NARAE_URL with NARAE_KEY, or else the system that the setup started. */
export function target(): Target {
  const url = process.env['NARAE_URL'] ?? process.env['NARAE_TEST_URL'];
  if (url === undefined) throw new Error('Neither NARAE_URL nor a system of our own: run these tests with jest.');
  return { url: url.replace(/\/+$/, ''), key: process.env['NARAE_KEY'] };
}

export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is; wins over `json`. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  readonly to?: Target;
}

/** A whole answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly url: string;
}

const ANSWER_DEADLINE_MS = 60_000;

/** One request. Redirects are not followed: no path of ours redirects. */
export async function send(method: string, path: string, sent: Sent = {}): Promise<Answer> {
  const { url, key } = sent.to ?? target();
  const body = sent.raw ?? (sent.json === undefined ? undefined : JSON.stringify(sent.json));
  const response = await fetch(url + path, {
    method,
    redirect: 'manual',
    signal: AbortSignal.timeout(ANSWER_DEADLINE_MS),
    headers: {
      ...(sent.raw === undefined && sent.json !== undefined && { 'Content-Type': 'application/json' }),
      ...(key !== undefined && { 'X-API-Key': key }),
      ...sent.headers,
    },
    ...(body !== undefined && { body }),
  });
  return { status: response.status, headers: response.headers, text: await response.text(), url: path };
}

export const get = (path: string, sent?: Sent): Promise<Answer> => send('GET', path, sent);
export const post = (path: string, json?: unknown, sent?: Sent): Promise<Answer> =>
  send('POST', path, { ...sent, json });

/** The body of an answer that must have this status and shape. Throws with the whole answer when it has not. */
export function read<S extends z.ZodType>(answer: Answer, status: number, shape: S): z.output<S> {
  if (answer.status !== status) {
    throw new Error(`Expected ${status} of ${answer.url}, got ${answer.status}: ${answer.text.slice(0, 2_000)}`);
  }
  const parsed = shape.safeParse(JSON.parse(answer.text));
  if (!parsed.success) {
    throw new Error(`${answer.url}: ${parsed.error.message}\nin ${answer.text.slice(0, 2_000)}`);
  }
  return parsed.data;
}

export type Refusal = z.output<typeof ErrorBody>['error'];

/** The error in an answer, in the one form that all errors have (docs/contracts/common.md#errors). */
export const refusal = (answer: Answer, status: number, code: string): Refusal =>
  expected(answer, code, read(answer, status, ErrorBody).error);

/** The error in an answer of a service whose errors also have `detail` (jobs, callbacks, decisions). */
export function refusalWithDetail(answer: Answer, status: number, code: string): Refusal {
  const { error, detail } = read(answer, status, ErrorBodyWithDetail);
  if (detail !== error.message) throw new Error(`detail is not the message: ${answer.text}`);
  return expected(answer, code, error);
}

function expected(answer: Answer, code: string, error: Refusal): Refusal {
  if (error.code !== code) throw new Error(`Expected ${code} of ${answer.url}, got ${answer.text}`);
  if (!(answer.headers.get('content-type') ?? '').startsWith('application/json')) {
    throw new Error(`${code} of ${answer.url} came as ${answer.headers.get('content-type') ?? 'nothing'}`);
  }
  if (answer.headers.get('x-request-id') !== error.requestId) {
    throw new Error(`X-Request-Id of ${answer.url} is not the requestId of the body`);
  }
  return error;
}
