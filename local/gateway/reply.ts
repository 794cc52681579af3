import { text } from 'node:stream/consumers';
import { readWholeAnswer, type HttpHead } from '../lambda/faces/http-integration';
import type { InvokeResult } from '../lambda/response';
import { field } from './fields';

/** What a function's answer becomes. */
export interface GatewayReply {
  readonly head: HttpHead;
  readonly body: Buffer;
}

/** What HTTP APIs say themselves: no `X-Request-Id`, which every answer of a function has. */
const OWN_ANSWERS = {
  413: 'Request Entity Too Large',
  429: 'Too Many Requests',
  404: 'Not Found',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const;

export type OwnStatus = keyof typeof OWN_ANSWERS;

export function ownReply(statusCode: OwnStatus): GatewayReply {
  return {
    head: { statusCode, headers: { 'content-type': 'application/json' }, cookies: [] },
    body: Buffer.from(JSON.stringify({ message: OWN_ANSWERS[statusCode] })),
  };
}

/** Reads what a function answered. One that failed, or answered with a status that is none, is 500. */
export async function readReply(result: InvokeResult): Promise<GatewayReply> {
  if (!result.ok) return ownReply(500);
  const json = await text(result.response.body);
  if (await result.response.ended) return ownReply(500);
  return isStructured(json) ? readWholeAnswer(json) : ownReply(500);
}

function isStructured(json: string): boolean {
  try {
    const status = field(JSON.parse(json), 'statusCode');
    return status === undefined || (Number.isInteger(Number(status)) && Number(status) >= 100 && Number(status) <= 599);
  } catch {
    return false;
  }
}
