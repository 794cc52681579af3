import * as z from 'zod';
import { versionUpTo } from '../../platform/version';
import { ERROR_TYPES } from '../run/run';
import { SANDBOX_PROTOCOL } from '../run/versions';

/**
 * Frames that a sandbox streams (docs/sandbox.md, "Protocol"). What comes from beside user code is
 * untrusted: size, order and type are checked, and anything unexpected is a lost worker, never a crash of ours.
 */
export const Frame = z.discriminatedUnion('t', [
  z.object({
    t: z.literal('ready'),
    cold: z.boolean(),
    version: z.string().max(64),
    protocol: versionUpTo('the protocol of the sandbox', SANDBOX_PROTOCOL),
  }),
  z.object({ t: z.literal('start'), at: z.number() }),
  z.object({
    t: z.literal('log'),
    s: z.enum(['stdout', 'stderr']),
    at: z.number(),
    l: z.array(z.string()),
    cut: z.array(z.int()).default([]),
  }),
  z.object({ t: z.literal('dropped') }),
  z.object({ t: z.literal('result'), json: z.string(), truncated: z.boolean() }),
  z.object({
    t: z.literal('error'),
    errorType: z.enum(ERROR_TYPES),
    /** Class of what was thrown. */
    name: z
      .string()
      .transform((name) => name.slice(0, 256))
      .optional(),
    message: z.string(),
    /** The user's own lines, outermost first. */
    stack: z
      .array(z.string())
      .transform((lines) => lines.slice(0, 50).map((line) => line.slice(0, 512)))
      .optional(),
  }),
  z.object({
    t: z.literal('output'),
    stdout: z.string(),
    stderr: z.string(),
    stdoutTruncated: z.boolean(),
    stderrTruncated: z.boolean(),
  }),
  z.object({
    t: z.literal('usage'),
    durationMs: z.number().min(0),
    cpuMs: z.number().min(0),
    maxMemoryBytes: z.number().min(0),
    exitCode: z.int().nullable(),
    signal: z.string().max(32).nullable(),
  }),
  z.object({ t: z.literal('end') }),
]);
export type Frame = z.output<typeof Frame>;

/** The stream broke the protocol or ended without its last frame: the worker is lost. */
export class WorkerLost extends Error {
  override readonly name = 'WorkerLost';
}

/** A result of 5 MB is a JSON text in a JSON text: each of its quotes is two bytes more. */
const MAX_FRAME_BYTES = 12 * 1024 * 1024;
const MAX_STREAM_BYTES = 64 * 1024 * 1024;

/** Splits bytes into frames. @throws WorkerLost on anything that is not one */
export class FrameReader {
  #rest: Buffer[] = [];
  #restBytes = 0;
  #total = 0;

  *push(bytes: Buffer): Generator<Frame> {
    this.#total += bytes.length;
    if (this.#total > MAX_STREAM_BYTES) throw new WorkerLost('sandbox sent more than it may');
    let from = 0;
    for (let end = bytes.indexOf(10, from); end >= 0; end = bytes.indexOf(10, from)) {
      const line = Buffer.concat([...this.#rest, bytes.subarray(from, end)]).toString('utf8');
      this.#rest = [];
      this.#restBytes = 0;
      from = end + 1;
      yield parseFrame(line);
    }
    if (from < bytes.length) {
      this.#rest.push(bytes.subarray(from));
      this.#restBytes += bytes.length - from;
      if (this.#restBytes > MAX_FRAME_BYTES) throw new WorkerLost('sandbox sent too large a frame');
    }
  }
}

function parseFrame(line: string): Frame {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new WorkerLost('sandbox sent a line that is no JSON');
  }
  const frame = Frame.safeParse(value);
  if (!frame.success) throw new WorkerLost(`sandbox sent an unknown frame: ${frame.error.issues[0]?.message ?? ''}`);
  return frame.data;
}

/** Which frame may follow which; a frame out of order is a forged or broken stream. */
const PHASE: Record<Frame['t'], number> = {
  ready: 1,
  start: 2,
  log: 3,
  dropped: 3,
  output: 4,
  result: 5,
  error: 5,
  usage: 6,
  end: 7,
};
const REPEATABLE = 3;

/** Checks the order of frames, one by one. @throws WorkerLost */
export function frameOrder(): (frame: Frame) => void {
  let phase = 0;
  return (frame) => {
    const next = PHASE[frame.t];
    if (next < phase || (next === phase && next !== REPEATABLE))
      throw new WorkerLost(`sandbox sent '${frame.t}' out of order`);
    phase = next;
  };
}
