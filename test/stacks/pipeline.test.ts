import * as z from 'zod';
import { answerOf, definePipeline, type Pipeline } from '../../lambdas/platform/pipeline/pipeline';
import { pipelineStates } from '../../lib/constructs/pipeline-states';

const rollout = definePipeline({
  name: 'rollout',
  description: 'Brings something out',
  order: z.object({}),
  timeoutSeconds: 600,
  start: 'apply',
  steps: {
    apply: {
      by: 'worker',
      timeoutSeconds: 60,
      input: {},
      next: { measure: {} },
      repeat: { everySeconds: 5, atMost: 40 },
    },
    measure: {
      by: 'function',
      function: 'meter',
      timeoutSeconds: 30,
      constants: { do: 'measure' },
      input: { of: answerOf('apply', 'endpoint') },
      answer: 'measured',
      next: 'record',
    },
    record: {
      by: 'worker',
      timeoutSeconds: 20,
      input: { measured: { schema: z.string(), from: answerOf('measured') } },
      next: {},
    },
  },
  onFault: { step: 'reject', timeoutSeconds: 20 },
});

const functions = { worker: 'worker', functions: { meter: 'meter' } };
const States = z.object({ StartAt: z.string(), States: z.record(z.string(), z.looseObject({ Type: z.string() })) });
const statesOf = (pipeline: Pipeline) => States.parse(pipelineStates(pipeline, functions));

test('a step that may be repeated waits, is called again, and is given up in the end', () => {
  const { StartAt, States: states } = statesOf(rollout);
  expect(StartAt).toBe('ApplyFirst');
  expect(states['ApplyFirst']).toMatchObject({ Type: 'Pass', ResultPath: '$.apply', Next: 'Apply' });
  expect(states['Apply']).toMatchObject({
    TimeoutSeconds: 60,
    Parameters: { Payload: { step: 'apply', 'order.$': '$.order', 'tries.$': '$.apply.answer.tries' } },
    Next: 'AfterApply',
  });
  const to = (answer: string, Next: string) => ({ Variable: '$.apply.answer.next', StringEquals: answer, Next });
  expect(states['AfterApply']).toEqual({
    Type: 'Choice',
    Choices: [to('measure', 'Measure'), to('again', 'ApplyWait'), to('exhausted', 'ApplyExhausted')],
    Default: 'Over',
  });
  expect(states['ApplyWait']).toEqual({ Type: 'Wait', Seconds: 5, Next: 'Apply' });
  expect(states['ApplyExhausted']).toMatchObject({ ResultPath: '$.fault', Next: 'Reject' });
});

test('a function is given constants and answers, and its answer goes to who asks for it', () => {
  const { States: states } = statesOf(rollout);
  expect(states['Measure']).toMatchObject({
    Parameters: { FunctionName: 'meter', Payload: { do: 'measure', 'of.$': '$.apply.answer.endpoint' } },
    ResultPath: '$.measured',
    Next: 'Record',
  });
  expect(states['Record']).toMatchObject({
    Parameters: { FunctionName: 'worker', Payload: { step: 'record', 'measured.$': '$.measured.answer' } },
    Next: 'Over',
  });
});

const { measure } = rollout.steps;
test.each<[string, Pipeline, string]>([
  ['a start that is no step', { ...rollout, start: 'begin' }, "leads to 'begin'"],
  [
    'a step that leads nowhere',
    { ...rollout, steps: { ...rollout.steps, measure: { ...measure, next: 'remember' } } },
    "'measure' leads to 'remember'",
  ],
  [
    'a step that no way leads to',
    { ...rollout, steps: { ...rollout.steps, spare: measure } },
    "no way leads to 'spare'",
  ],
  [
    'a function that is not there',
    { ...rollout, steps: { ...rollout.steps, measure: { ...measure, function: 'ruler' } } },
    "'ruler', which is no function",
  ],
  [
    'an answer that not every way has',
    { ...rollout, steps: { ...rollout.steps, measure: { ...measure, input: { of: answerOf('record') } } } },
    "given what 'record' answers",
  ],
  ['a step that may take as long as the whole', { ...rollout, timeoutSeconds: 60 }, "'apply' may take as long"],
  [
    'a step that is for faults as well',
    { ...rollout, onFault: { step: 'record', timeoutSeconds: 20 } },
    'cannot be a step as well',
  ],
])('a table with %s makes no state machine', (_what, pipeline, problem) => {
  expect(() => pipelineStates(pipeline, functions)).toThrow(problem);
});
