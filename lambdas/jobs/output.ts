import * as z from 'zod';
import { type Blobs, eventsAfter, resultOf, type Run, type RunStore } from '../engine';
import { bytesAsText, REPLY_BYTES } from '../platform/http/reply-bytes';
import { cutToBytes, cutToSize } from '../platform/text';
import { LIMITS } from './limits';

/** What a run has printed. */
export const Output = z.object({
  stdout: z.string(),
  stderr: z.string(),
  stdoutTruncated: z.boolean(),
  stderrTruncated: z.boolean(),
});
export type Output = z.output<typeof Output>;

/** Beginnings of outputs kept in memory: about 2 KiB each. */
const KEPT_HEADS = 4_000;
/** Log lines that are read for the beginning of an output. */
const HEAD_LINES = 200;
/** A run has at most 10 000 log lines and a few status events. */
const ALL_LINES = 20_000;

/** Reads what runs that are over have printed. */
export class OutputReader {
  readonly #ports: { readonly blobs: Blobs; readonly store: RunStore };
  readonly #heads = new Map<string, Output>();

  constructor(ports: { readonly blobs: Blobs; readonly store: RunStore }) {
    this.#ports = ports;
  }

  async read(run: Run): Promise<Output> {
    const output = (await this.#stored(run)) ?? (await this.#fromEvents(run, ALL_LINES));
    return withinReply(cut(output, LIMITS.outputBytes));
  }

  /** The first KiB of each, for lists. A run that is over does not change, so that each is read once per process. */
  async readHead(run: Run): Promise<Output> {
    const kept = this.#heads.get(run.id);
    if (kept) return kept;
    const output = (await this.#stored(run)) ?? (await this.#fromEvents(run, HEAD_LINES));
    const head = cut(output, LIMITS.listedOutputBytes);
    if (this.#heads.size >= KEPT_HEADS) this.#heads.clear();
    this.#heads.set(run.id, head);
    return head;
  }

  /** The document that the sandbox left at the end, if the run came to one. */
  async #stored(run: Run): Promise<Output | undefined> {
    const json = await resultOf(run, this.#ports);
    if (json === undefined) return undefined;
    const output = Output.nullable().parse(JSON.parse(json));
    return output ?? undefined;
  }

  /** A run that was ended from outside left no document: its log lines are its output so far. */
  async #fromEvents(run: Run, limit: number): Promise<Output> {
    const output = { stdout: '', stderr: '', stdoutTruncated: false, stderrTruncated: false };
    const events = await eventsAfter(run, 0, limit, this.#ports);
    for (const { event, data } of events) {
      if (event !== 'LOG') continue;
      const { line, stream, truncated } = Line.parse(data['payload']);
      output[stream] += `${line}\n`;
      if (truncated) output[`${stream}Truncated`] = true;
    }
    if (events.length < run.lastSeq) output.stdoutTruncated = output.stderrTruncated = true;
    return output;
  }
}

const Line = z.object({
  line: z.string(),
  stream: z.enum(['stdout', 'stderr']),
  truncated: z.literal(true).optional(),
});

function cut(output: Output, maxBytes: number): Output {
  const stdout = cutToBytes(output.stdout, maxBytes);
  const stderr = cutToBytes(output.stderr, maxBytes);
  return {
    stdout,
    stderr,
    stdoutTruncated: output.stdoutTruncated || stdout.length < output.stdout.length,
    stderrTruncated: output.stderrTruncated || stderr.length < output.stderr.length,
  };
}

/** Two texts stand three times in a reply, and everything else takes less than one of them. */
const TEXT_BYTES = REPLY_BYTES / 7;

/** Output full of control characters is many times as long in JSON: it is cut further, so that a reply can carry it. */
function withinReply(output: Output): Output {
  let shorter = output;
  for (const name of ['stdout', 'stderr'] as const) {
    const text = cutToSize(output[name], TEXT_BYTES, bytesAsText);
    if (text.length < output[name].length) shorter = { ...shorter, [name]: text, [`${name}Truncated`]: true };
  }
  return shorter;
}
