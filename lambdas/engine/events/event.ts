import * as z from 'zod';
import { iso } from '../../platform/time/clock';
import { publicResult } from './public-result';
import type { EVENT_TYPES } from './event-types';
import { publicUsage, RUN_STATUSES, type Run } from '../run/run';

/**
 * Events of a run: how they are stored (short) and how they are read (docs/contracts/invocations.md#events).
 * A stored event has no number of its own: its place in the log is its number, so that there can be no gap.
 */
export type StoredEvent =
  | readonly ['S', at: number, status: Run['status']]
  | readonly ['L', at: number, stream: 'o' | 'e', line: string, cut?: 1]
  | readonly ['C', at: number];

const Stored = z.union([
  z.tuple([z.literal('S'), z.number(), z.enum(RUN_STATUSES)]),
  z.tuple([z.literal('L'), z.number(), z.enum(['o', 'e']), z.string()]),
  z.tuple([z.literal('L'), z.number(), z.enum(['o', 'e']), z.string(), z.literal(1)]),
  z.tuple([z.literal('C'), z.number()]),
]);

export const encodeEvent = (event: StoredEvent): string => JSON.stringify(event);
export const decodeEvent = (text: string): StoredEvent => Stored.parse(JSON.parse(text));

export interface PublicEvent {
  readonly seq: number;
  readonly event: (typeof EVENT_TYPES)[number];
  readonly data: Readonly<Record<string, unknown>>;
}

/** @param resultJson the result of a completed run, needed for its COMPLETE only */
export function toPublicEvent(run: Run, seq: number, event: StoredEvent, resultJson: string | undefined): PublicEvent {
  const head = (type: PublicEvent['event']) => ({ type, invocationId: run.id, seq, ts: iso(event[1]) });
  switch (event[0]) {
    case 'S':
      return { seq, event: 'STATUS', data: { ...head('STATUS'), status: event[2], payload: { status: event[2] } } };
    case 'L': {
      const [, , stream, line, cut] = event;
      const payload = { line, stream: stream === 'o' ? 'stdout' : 'stderr', ...(cut && { truncated: true }) };
      return { seq, event: 'LOG', data: { ...head('LOG'), line, payload } };
    }
    case 'C':
      return {
        seq,
        event: 'COMPLETE',
        data: { ...head('COMPLETE'), status: run.status, payload: completePayload(run, resultJson) },
      };
  }
}

function completePayload(run: Run, resultJson: string | undefined): Record<string, unknown> {
  const facts = {
    durationMs: run.usage?.durationMs ?? 0,
    usage: publicUsage(run.usage),
    truncated: { logs: run.logsTruncated, result: run.resultTruncated },
  };
  if (run.status === 'COMPLETED') {
    const { result, cut } = publicResult(resultJson ?? 'null');
    const truncated = { ...facts.truncated, result: run.resultTruncated || cut };
    return { status: run.status, result, ...facts, truncated };
  }
  return {
    status: run.status,
    errorType: run.errorType,
    errorMessage: run.errorMessage,
    logsTail: run.logsTail ?? [],
    ...facts,
  };
}

/** Text of the last log lines among stored events, oldest first. */
export function lastLogLines(events: readonly string[], count: number): string[] {
  const lines: string[] = [];
  for (const text of events.slice().reverse()) {
    if (lines.length === count) break;
    const event = decodeEvent(text);
    if (event[0] === 'L') lines.unshift(event[3]);
  }
  return lines;
}
