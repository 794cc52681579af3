import type { ProviderName } from '../model';
import { ProviderFailed } from './provider';

/** A language model behind an API. */
export interface Model {
  readonly name: Exclude<ProviderName, 'rules'>;
  /** @returns all of what it says. @throws ProviderFailed */
  answer(prompt: Prompt, call: ModelCall): Promise<string>;
}

export interface ModelCall {
  readonly signal: AbortSignal;
  /** Pieces of what it says, as they come. */
  readonly onText: (piece: string) => Promise<void>;
}

export interface Prompt {
  /** What it is to do, and the schema of the answer: ours alone. */
  readonly system: string;
  /** From the user's first on, in turns. What others wrote is in here, as data. */
  readonly messages: readonly Message[];
  /** The same schema, for servers that hold a model to it, and a name for it. */
  readonly schema: { readonly name: string; readonly json: Readonly<Record<string, unknown>> };
}

export interface Message {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

/** Characters of an answer: what goes on for longer is no answer to any of our questions. */
export const MOST_ANSWER_CHARS = 48_000;
/** Milliseconds, where nobody sets a narrower limit. */
export const MOST_ANSWER_MS = 60_000;

/** Why a model did not answer; what a caller is told names no address, account or key. */
const FAILURES = {
  timeout: { message: 'The model did not answer in time', recoverable: true },
  throttled: { message: 'The model is asked too often at the moment', recoverable: true },
  unavailable: { message: 'The model is not available at the moment', recoverable: true },
  schema: { message: 'The model answered twice outside the schema', recoverable: true },
  refused: { message: 'The model is not there or may not be used with these credentials', recoverable: false },
  internal: { message: 'The model could not be asked', recoverable: false },
} as const;
export type FailureKind = keyof typeof FAILURES;

export function failed(kind: FailureKind, cause?: unknown): ProviderFailed {
  const { message, recoverable } = FAILURES[kind];
  return new ProviderFailed(message, { kind, recoverable, cause });
}

/** Of a failure below HTTP: the connection was refused, broke, or its name is not known. */
const BROKEN = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

/** Whether an error, or one that caused it, is of a connection. */
export function isBrokenConnection(error: unknown): boolean {
  let cause = error;
  for (let depth = 0; depth < 5; depth += 1) {
    const said = [fieldOf(cause, 'code'), ...words(fieldOf(cause, 'message'))];
    if (said.some((word) => typeof word === 'string' && BROKEN.has(word))) return true;
    cause = fieldOf(cause, 'cause');
  }
  return false;
}

/** Some clients pass an error on by its message alone. */
const words = (message: unknown): readonly string[] => (typeof message === 'string' ? message.split(/\W+/) : []);

/** A field of what was thrown, whatever that is. */
export const fieldOf = (thrown: unknown, name: string): unknown =>
  typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, name) : undefined;

/** What a status says that is not 2xx. */
export function kindOfStatus(status: number): FailureKind {
  if (status === 429) return 'throttled';
  if (status === 408 || status === 504) return 'timeout';
  if (status >= 500) return 'unavailable';
  return status === 401 || status === 403 || status === 404 ? 'refused' : 'internal';
}

/** Takes what a model says together, and stops one that does not end. */
export class Answer {
  readonly #call: ModelCall;
  #text = '';

  constructor(call: ModelCall) {
    this.#call = call;
  }

  get text(): string {
    return this.#text;
  }

  /** @throws ProviderFailed */
  async add(piece: string): Promise<void> {
    if (piece === '') return;
    this.#text += piece;
    if (this.#text.length > MOST_ANSWER_CHARS) throw failed('schema', new Error('An answer without an end'));
    await this.#call.onText(piece);
  }
}

/** What comes of an answer that has begun: what can't be read of it is the fault of who sends it. */
export async function* readable<T>(
  source: AsyncIterable<T>,
  failure: (error: unknown) => ProviderFailed,
): AsyncGenerator<T> {
  try {
    yield* source;
  } catch (error) {
    throw failure(error);
  }
}

/** What comes, until somebody no longer waits for it. @throws the signal's reason */
export async function* whileWanted<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  signal.throwIfAborted();
  const iterator = source[Symbol.asyncIterator]();
  const { promise: given, reject: giveUp } = Promise.withResolvers<never>();
  given.catch(() => undefined);
  const stop = (): void => giveUp(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), given]);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    // It may wait for its source, which nobody else does any more.
    iterator.return?.().catch(() => undefined);
  }
}
