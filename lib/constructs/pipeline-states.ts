import {
  EXHAUSTED,
  type AnswerReference,
  type FunctionStep,
  type Pipeline,
  type WorkerStep,
} from '../../lambdas/platform/pipeline/pipeline';

/**
 * The definition of a pipeline's state machine, in Amazon States Language with JSONPath.
 * Written out: the tasks of CDK would let the machine invoke every version of its functions.
 */

/** Faults of Lambda, and of what a function calls: all at once they would only be met again, hence the jitter. */
const RETRY = [
  {
    ErrorEquals: [
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.ClientExecutionTimeoutException',
      'Lambda.TooManyRequestsException',
    ],
    IntervalSeconds: 1,
    BackoffRate: 2,
    MaxAttempts: 5,
    MaxDelaySeconds: 10,
    JitterStrategy: 'FULL',
  },
  {
    ErrorEquals: ['States.TaskFailed'],
    IntervalSeconds: 1,
    BackoffRate: 3,
    MaxAttempts: 2,
    MaxDelaySeconds: 10,
    JitterStrategy: 'FULL',
  },
];

/** ARNs: of the worker, and of functions by the name that steps have for them. */
export interface PipelineFunctions {
  readonly worker: string;
  readonly functions: Readonly<Record<string, string>>;
}

/** @throws Error for a table that leads nowhere, or names a function or an answer that is not there */
export function pipelineStates(pipeline: Pipeline, { worker, functions }: PipelineFunctions): object {
  checkTable(pipeline, Object.keys(functions));
  const { description, onFault, start, steps, timeoutSeconds } = pipeline;
  const faulty = stateName(onFault.step);
  const states = Object.entries(steps).map(([name, step]) =>
    step.by === 'worker'
      ? workerStates(name, step, worker, faulty)
      : functionState(name, step, functions[step.function] ?? '', faulty),
  );
  const toReject = { step: onFault.step, 'order.$': '$.order', 'fault.$': '$.fault' };
  return {
    Comment: description,
    StartAt: entryOf(start, steps[start]),
    TimeoutSeconds: timeoutSeconds,
    States: {
      ...Object.fromEntries(states.flatMap((some) => Object.entries(some))),
      Over: { Type: 'Succeed' },
      [faulty]: { ...task(worker, toReject, onFault.timeoutSeconds), Next: 'Faulty' },
      Faulty: { Type: 'Fail', Error: 'PipelineFault', Cause: 'A fault of the platform; what it was for says so' },
    },
  };

  function workerStates(name: string, step: WorkerStep, functionArn: string, rejected: string): object {
    const state = stateName(name);
    const next = Object.keys(step.next);
    const { repeat } = step;
    const input = Object.entries(step.input).map(([field, { from }]) => reference(field, from));
    const tries = repeat ? { 'tries.$': `$.${name}.answer.tries` } : {};
    const payload = { step: name, 'order.$': '$.order', ...Object.fromEntries(input), ...tries };
    const chooses = next.length > 0 || repeat !== undefined;
    const to = (answer: string, target: string) => ({
      Variable: `$.${name}.answer.next`,
      StringEquals: answer,
      Next: target,
    });
    return {
      ...(repeat && {
        [`${state}First`]: { Type: 'Pass', Result: { answer: { tries: 0 } }, ResultPath: `$.${name}`, Next: state },
      }),
      [state]: {
        ...task(functionArn, payload, step.timeoutSeconds),
        ...kept(name, rejected),
        Next: chooses ? `After${state}` : 'Over',
      },
      ...(chooses && {
        [`After${state}`]: {
          Type: 'Choice',
          Choices: [
            ...next.map((one) => to(one, entryOf(one, steps[one]))),
            ...(repeat ? [to('again', `${state}Wait`), to(EXHAUSTED, `${state}Exhausted`)] : []),
          ],
          Default: 'Over',
        },
      }),
      ...(repeat && {
        [`${state}Wait`]: { Type: 'Wait', Seconds: repeat.everySeconds, Next: state },
        [`${state}Exhausted`]: {
          Type: 'Pass',
          Result: { Error: 'RepeatedTooOften', Cause: name },
          ResultPath: '$.fault',
          Next: rejected,
        },
      }),
    };
  }

  function functionState(name: string, step: FunctionStep, functionArn: string, rejected: string): object {
    const input = Object.entries(step.input).map(([field, from]) => reference(field, from));
    return {
      [stateName(name)]: {
        ...task(functionArn, { ...step.constants, ...Object.fromEntries(input) }, step.timeoutSeconds),
        ...kept(step.answer, rejected),
        Next: entryOf(step.next, steps[step.next]),
      },
    };
  }
}

const task = (functionArn: string, payload: object, seconds: number) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: functionArn, Payload: payload },
  TimeoutSeconds: seconds,
  Retry: RETRY,
});

/** Where an answer is kept, without Lambda's own words about the invoke, and where all else leads. */
const kept = (answer: string, rejected: string) => ({
  ResultSelector: { 'answer.$': '$.Payload' },
  ResultPath: `$.${answer}`,
  Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.fault', Next: rejected }],
});

const reference = (field: string, { answer, field: of }: AnswerReference) =>
  [`${field}.$`, `$.${answer}.answer${of === undefined ? '' : `.${of}`}`] as const;

/** `resolve-python` is `ResolvePython`. */
const stateName = (step: string): string =>
  step
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** A step that may be repeated begins with no tries. */
const entryOf = (name: string, step: Pipeline['steps'][string] | undefined): string =>
  step?.by === 'worker' && step.repeat ? `${stateName(name)}First` : stateName(name);

/** Names are text in the states, and a path to what is not there would fail without anybody catching it. */
function checkTable({ name, onFault, start, steps, timeoutSeconds }: Pipeline, functions: readonly string[]): void {
  const refuse = (problem: string): never => {
    throw new Error(`Pipeline ${name}: ${problem}`);
  };
  if (Object.hasOwn(steps, onFault.step)) refuse(`'${onFault.step}' is for faults, and cannot be a step as well`);
  /** By step: the answers that are there on every way to it. */
  const known = new Map<string, ReadonlySet<string>>();
  const visit = (from: string, to: string, answers: ReadonlySet<string>): void => {
    const step = Object.hasOwn(steps, to) ? steps[to] : undefined;
    if (!step) return refuse(`${from} leads to '${to}', which is no step`);
    const before = known.get(to);
    const here = before ? new Set([...before].filter((one) => answers.has(one))) : answers;
    if (before?.size === here.size) return;
    known.set(to, here);
    const after = new Set([...here, step.by === 'worker' ? to : step.answer]);
    for (const next of step.by === 'worker' ? Object.keys(step.next) : [step.next]) visit(`'${to}'`, next, after);
  };
  visit('start', start, new Set());
  for (const [one, step] of Object.entries(steps)) {
    const answers = known.get(one) ?? refuse(`no way leads to '${one}'`);
    if (step.timeoutSeconds >= timeoutSeconds) refuse(`'${one}' may take as long as the whole`);
    if (step.by === 'function' && !functions.includes(step.function))
      refuse(`'${one}' is done by '${step.function}', which is no function`);
    const input = step.by === 'worker' ? Object.values(step.input).map(({ from }) => from) : Object.values(step.input);
    const missing = input.find(({ answer }) => !answers.has(answer));
    if (missing) refuse(`'${one}' is given what '${missing.answer}' answers, which not every way to it has`);
  }
}
