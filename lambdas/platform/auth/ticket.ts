import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';

/**
 * A stream ticket: leave to follow one run, for callers that cannot send headers (`EventSource`).
 * Good for opening the stream for 60 s, and for reconnecting for as long as the run may last
 * (docs/contracts/invocations.md#example-start).
 */
export interface Ticket {
  readonly workspace: string;
  readonly runId: string;
  /** Epoch ms until which a stream may be opened from its beginning. */
  readonly openUntil: number;
  /** Epoch ms until which a stream may be resumed (`Last-Event-ID` above 0). */
  readonly resumeUntil: number;
}

export const TICKET_OPEN_MS = 60_000;

const Claims = z.tuple([z.string(), z.string(), z.int(), z.int()]);

export function signTicket(key: string, ticket: Ticket): string {
  const claims = JSON.stringify([ticket.workspace, ticket.runId, ticket.openUntil, ticket.resumeUntil]);
  const body = Buffer.from(claims).toString('base64url');
  return `${body}.${signature(key, body)}`;
}

/** The workspace that a ticket admits to, or undefined if it does not admit to this run now. */
export function readTicket(
  key: string,
  text: string,
  wanted: { readonly runId: string; readonly resuming: boolean; readonly now: number },
): string | undefined {
  const [body = '', given = '', ...rest] = text.split('.');
  if (rest.length > 0 || !sameText(given, signature(key, body))) return undefined;
  const claims = Claims.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
  if (!claims.success) return undefined;
  const [workspace, runId, openUntil, resumeUntil] = claims.data;
  const until = wanted.resuming ? resumeUntil : openUntil;
  return runId === wanted.runId && wanted.now <= until ? workspace : undefined;
}

const signature = (key: string, body: string): string =>
  createHmac('sha256', key).update(`narae stream ticket 1\n${body}`).digest('base64url');

/** Compares in constant time, so that a signature cannot be guessed byte by byte. */
export function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
