import { Frame } from '../../../../lambdas/engine/sandbox/frames';
import { waitFor, within } from '../../../support/wait';

const DEADLINE_MS = 30_000;

type Kind = Frame['t'];
type Of<K extends Kind> = Extract<Frame, { t: K }>;

/** What the protocol adds to an error for services; the runner does not read it. */
export interface ErrorDetails {
  readonly name: string;
  readonly stack: readonly string[];
}

/** The frames of one run, as they arrive. Every line is checked against the runner's own schema. */
export class FrameStream {
  readonly frames: Frame[] = [];
  /** Frames as they came, fields that the runner leaves out included. */
  readonly raw: unknown[] = [];
  /** Pieces of a line whose end has not come yet. */
  #rest: string[] = [];
  #failure: Error | undefined;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  readonly #done = Promise.withResolvers<undefined>();

  constructor() {
    this.#done.promise.catch(() => undefined);
  }

  push(bytes: Buffer): void {
    const pieces = this.#decoder.decode(bytes, { stream: true }).split('\n');
    const rest = pieces.pop() ?? '';
    for (const piece of pieces) {
      const raw: unknown = JSON.parse(this.#rest.join('') + piece);
      this.#rest = [];
      this.raw.push(raw);
      this.frames.push(Frame.parse(raw));
    }
    this.#rest.push(rest);
  }

  end(): void {
    this.#done.resolve(undefined);
  }

  fail(error: Error): void {
    this.#failure = error;
    this.#done.reject(error);
  }

  /** Waits for the first frame of a kind that fits. */
  async frame<K extends Kind>(kind: K, fits: (frame: Of<K>) => boolean = () => true): Promise<Of<K>> {
    return waitFor(
      `a frame '${kind}'`,
      () => {
        if (this.#failure) throw this.#failure;
        return this.frames.find((frame): frame is Of<K> => frame.t === kind && fits(frame as Of<K>));
      },
      { deadlineMs: DEADLINE_MS, everyMs: 2 },
    );
  }

  /** Waits for the end of the stream. */
  async ended(): Promise<this> {
    await within('the end of the run', DEADLINE_MS, this.#done.promise).catch((cause: unknown) => {
      throw new Error(`The run did not end well after ${JSON.stringify(this.raw).slice(-2000)}`, { cause });
    });
    return this;
  }

  all<K extends Kind>(kind: K): Of<K>[] {
    return this.frames.filter((frame): frame is Of<K> => frame.t === kind);
  }

  /** The only frame of a kind. */
  only<K extends Kind>(kind: K): Of<K> {
    const [frame, ...more] = this.all(kind);
    if (!frame || more.length > 0) throw new Error(`Not one '${kind}': ${JSON.stringify(this.frames).slice(0, 2000)}`);
    return frame;
  }

  lines(stream?: 'stdout' | 'stderr'): string[] {
    return this.all('log').flatMap((frame) => (stream === undefined || frame.s === stream ? frame.l : []));
  }

  /** The value that came back. */
  get value(): unknown {
    const value: unknown = JSON.parse(this.only('result').json);
    return value;
  }

  /** Error type, and the details for services. */
  get error(): Of<'error'> & ErrorDetails {
    const raw = this.raw[this.frames.indexOf(this.only('error'))];
    return raw as Of<'error'> & ErrorDetails;
  }

  get usage(): Of<'usage'> {
    return this.only('usage');
  }

  /** Kinds of frames in the order they came, repetitions left out. */
  get order(): Kind[] {
    return this.frames.map(({ t }) => t).filter((kind, index, kinds) => kind !== kinds[index - 1]);
  }
}
