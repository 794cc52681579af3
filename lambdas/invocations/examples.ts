import type { Examples } from '../platform/manifest';

/** What the invocations API is sent and answers. */

const INVOCATION = {
  invocationId: 'inv-01M7YAZEW9K741FYP5YSQVN6ZE',
  status: 'COMPLETED',
  runtime: 'python3.13',
  requestedRuntime: 'python3.10',
  runtimeVersion: '3.13.11',
  handler: 'main.greet',
  timeoutMs: 2_000,
  memoryMb: 256,
  batchId: null,
  createdAt: '2026-11-21T05:58:57.673Z',
  startedAt: '2026-11-21T05:58:58.176Z',
  finishedAt: '2026-11-21T05:58:58.489Z',
  durationMs: 12,
  errorType: null,
  errorMessage: null,
  usage: { cpuMs: 9, maxMemoryBytes: 11_821_056, durationMs: 12, coldStart: true },
  truncated: { logs: false, result: false },
  lastSeq: 7,
};
const ACCEPTED = {
  invocationId: INVOCATION.invocationId,
  status: 'REQUEST_RECEIVED',
  runtime: 'python3.13',
  requestedRuntime: 'python3.10',
  createdAt: INVOCATION.createdAt,
  streamUrl: `/stream/invocations/${INVOCATION.invocationId}`,
};
const EVENT = {
  seq: 5,
  event: 'LOG',
  data: {
    type: 'LOG',
    invocationId: INVOCATION.invocationId,
    seq: 5,
    ts: '2026-11-21T05:58:58.482Z',
    line: 'hi Bora',
    payload: { line: 'hi Bora', stream: 'stdout' },
  },
};

export const invocationsExamples: Examples = {
  Accepted: ACCEPTED,
  BatchAccepted: {
    batchId: 'bat-01M7YAZF0JD6K2R8T4V9W3X7Y1',
    accepted: 1,
    rejected: 1,
    items: [
      { index: 0, ...ACCEPTED },
      {
        index: 1,
        error: {
          code: 'VALIDATION_ERROR',
          message: 'invocations[1].code is required',
          details: { field: 'invocations[1].code' },
        },
      },
    ],
  },
  InvocationPage: { items: [INVOCATION], nextCursor: null },
  Invocation: { ...INVOCATION, envNames: [], result: { statusCode: 201, body: '{"ok":true}' }, logsTail: [] },
  EventPage: { invocationId: INVOCATION.invocationId, events: [EVENT], nextAfter: 5, complete: false },
  RuntimeList: {
    runtimes: [
      {
        name: 'python3.13',
        language: 'python',
        version: '3.13',
        defaultHandler: 'main.handler',
        aliases: ['python', 'py', 'python3', 'python3.10'],
      },
    ],
  },
};
