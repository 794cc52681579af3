import type * as z from 'zod';

/**
 * A pipeline as data: one table of steps, from which both the state machine's definition (lib/constructs/pipeline.ts) and
 * the dispatcher of its worker (dispatcher.ts) are made. It runs nothing, so that stacks can read it.
 *
 * An execution carries its order, given at the start, and the answer of each step under the step's name. A step is given
 * the order and what its `input` refers to. Each is tried again when Lambda or the step itself fails; when that does not
 * help, the worker's `onFault` step is called and the execution fails.
 */
export interface Pipeline {
  /** Last part of the state machine's name. */
  readonly name: string;
  readonly description: string;
  /** What an execution is started with. */
  readonly order: z.ZodType;
  /** Of the whole execution. At this limit nothing more is called, not even `onFault`. */
  readonly timeoutSeconds: number;
  readonly start: string;
  readonly steps: Readonly<Record<string, WorkerStep | FunctionStep>>;
  /** Name and time-out of what the worker does after a fault; it is given `{Error, Cause?}` as `fault`. */
  readonly onFault: { readonly step: string; readonly timeoutSeconds: number };
}

/** A step that the worker of the pipeline does, by its handler of the same name. It may always end the pipeline. */
export interface WorkerStep {
  readonly by: 'worker';
  readonly timeoutSeconds: number;
  /** Fields of its event beside the order. */
  readonly input: Readonly<Record<string, { readonly schema: z.ZodType; readonly from: AnswerReference }>>;
  /** Which steps may follow, with the fields that its answer then has for them. Empty: it is the last one. */
  readonly next: Readonly<Record<string, z.ZodRawShape>>;
  /** It may answer `again`, and is then called once more, so many seconds later and so many times at most. */
  readonly repeat?: { readonly everySeconds: number; readonly atMost: number };
}

/** A step of a function that knows nothing of pipelines: it is given its payload only. */
export interface FunctionStep {
  readonly by: 'function';
  /** The name that the stack has for it. */
  readonly function: string;
  readonly timeoutSeconds: number;
  readonly constants: Readonly<Record<string, string | number | boolean>>;
  readonly input: Readonly<Record<string, AnswerReference>>;
  /** Under which name its answer is kept. Steps of which only one is taken may share a name. */
  readonly answer: string;
  readonly next: string;
}

/** The answer of a step before, or one field of it. */
export interface AnswerReference {
  readonly answer: string;
  readonly field?: string;
}

export const answerOf = (answer: string, field?: string): AnswerReference => ({
  answer,
  ...(field !== undefined && { field }),
});

/** Keeps the names of steps in the type, from which those of handlers are taken. */
export const definePipeline = <const P extends Pipeline>(pipeline: P): P => pipeline;

/** What ends a pipeline well. */
export const OVER = { next: 'over' } as const;
export const AGAIN = { next: 'again' } as const;
/** What the dispatcher says in place of `again` when a step was repeated as often as it may be. */
export const EXHAUSTED = 'exhausted';

/** A function ends before whoever waits for it stops waiting: nobody is left working for a step that is given up. */
const MARGIN_SECONDS = 5;

/**
 * Time-out of a function that does steps of a pipeline, in seconds.
 * @param name of the stack for it; absent: the worker
 */
export function functionTimeoutSeconds({ steps, onFault }: Pipeline, name?: string): number {
  const own = Object.values(steps).filter((step) =>
    name === undefined ? step.by === 'worker' : step.by === 'function' && step.function === name,
  );
  const all = own.map(({ timeoutSeconds }) => timeoutSeconds);
  return Math.max(...all, ...(name === undefined ? [onFault.timeoutSeconds] : [])) - MARGIN_SECONDS;
}
