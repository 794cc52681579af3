import * as z from 'zod';
import { EXHAUSTED, type Pipeline, type WorkerStep } from './pipeline';

/** Calls the handlers of a pipeline's steps (pipeline.ts). */

type Steps<P extends Pipeline> = P['steps'];
type Order<P extends Pipeline> = z.output<P['order']>;
type Input<S extends WorkerStep> = { readonly [F in keyof S['input']]: z.output<S['input'][F]['schema']> };
type Fields<Shape extends z.ZodRawShape> = { readonly [F in keyof Shape]: z.input<Shape[F]> };

export type StepAnswer<S extends WorkerStep> =
  | { readonly next: 'over' }
  | { [N in keyof S['next']]: { readonly next: N } & Fields<S['next'][N]> }[keyof S['next']]
  | (S extends { readonly repeat: object } ? { readonly next: 'again' } : never);

export const Fault = z.object({ Error: z.string(), Cause: z.string().optional() });
export type Fault = z.output<typeof Fault>;

/** One for each step of the worker, and one for faults: without, it does not compile. */
export type Handlers<P extends Pipeline> = {
  readonly [N in keyof Steps<P> as Steps<P>[N] extends WorkerStep ? N : never]: Steps<P>[N] extends WorkerStep
    ? (event: { readonly order: Order<P> } & Input<Steps<P>[N]>) => Promise<StepAnswer<Steps<P>[N]>>
    : never;
} & {
  readonly [N in P['onFault']['step']]: (event: {
    readonly order: Order<P>;
    readonly fault: Fault;
  }) => Promise<unknown>;
};

/** What the state machine reads of an answer. */
const Answer = z.looseObject({ next: z.string() });
type Answer = z.output<typeof Answer>;
const Call = z.looseObject({ step: z.string(), tries: z.int().min(0).default(0) });

/**
 * What the state machine sent, as the handler of its step is given it.
 * @throws Error for an event that is not of the pipeline
 */
export function readEvent({ name, onFault, order, steps }: Pipeline, sent: unknown) {
  const { step, tries } = Call.parse(sent);
  if (step === onFault.step)
    return { step, tries, done: undefined, event: z.object({ order, fault: Fault }).parse(sent) };
  const done = Object.hasOwn(steps, step) ? steps[step] : undefined;
  if (done?.by !== 'worker') throw new Error(`${name} has no step '${step}' for its worker`);
  const fields = Object.entries(done.input).map(([field, { schema }]) => [field, schema] as const);
  return { step, tries, done, event: z.object({ order, ...Object.fromEntries(fields) }).parse(sent) };
}

/** The function that the state machine calls, step by step. It throws what a handler throws, and is then called again. */
export function dispatcher<const P extends Pipeline>(
  pipeline: P,
  handlers: Handlers<P>,
): (event: unknown) => Promise<Answer> {
  const byStep = new Map<string, unknown>(Object.entries(handlers));
  return async (sent) => {
    const { step, tries, done, event } = readEvent(pipeline, sent);
    const handler = byStep.get(step);
    if (typeof handler !== 'function') throw new Error(`${pipeline.name} has no handler for '${step}'`);
    // Its event was read by the schemas of its own step, of which its type is made.
    const answer: unknown = await Reflect.apply(handler, undefined, [event]);
    return done ? counted(done, Answer.parse(answer), tries) : { next: 'over' };
  };
}

/** Refuses what the state machine would not understand, and counts how often a step was repeated. */
function counted({ next, repeat }: WorkerStep, answer: Answer, tries: number): Answer {
  if (answer.next === 'over' || Object.hasOwn(next, answer.next)) return answer;
  if (answer.next !== 'again' || !repeat) throw new Error(`No step may answer next '${answer.next}' here`);
  return { ...answer, next: tries + 1 < repeat.atMost ? 'again' : EXHAUSTED, tries: tries + 1 };
}
