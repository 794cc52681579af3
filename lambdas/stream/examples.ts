import type { Examples } from '../platform/manifest';

/** What the stream of a run sends. */

const INVOCATION_ID = 'inv-01M7YAZEW9K741FYP5YSQVN6ZE';

const EVENT = {
  type: 'LOG',
  invocationId: INVOCATION_ID,
  seq: 5,
  ts: '2026-11-21T05:58:58.482Z',
  line: 'hi Bora',
  payload: { line: 'hi Bora', stream: 'stdout' },
};

export const streamExamples: Examples = {
  streamInvocation: `retry: 2000\n\nid: 5\nevent: LOG\ndata: ${JSON.stringify(EVENT)}\n\n`,
};
