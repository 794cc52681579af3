import * as z from 'zod';
import { dispatcher, type Handlers } from '../../../../lambdas/platform/pipeline/dispatcher';
import {
  AGAIN,
  answerOf,
  definePipeline,
  functionTimeoutSeconds,
  OVER,
} from '../../../../lambdas/platform/pipeline/pipeline';

const baking = definePipeline({
  name: 'baking',
  description: 'Bakes',
  order: z.object({ cake: z.string() }),
  timeoutSeconds: 600,
  start: 'mix',
  steps: {
    mix: { by: 'worker', timeoutSeconds: 20, input: {}, next: { heat: { degrees: z.number() } } },
    heat: {
      by: 'function',
      function: 'oven',
      timeoutSeconds: 60,
      constants: { do: 'heat' },
      input: { degrees: answerOf('mix', 'degrees') },
      answer: 'heat',
      next: 'bake',
    },
    bake: {
      by: 'worker',
      timeoutSeconds: 30,
      input: { degrees: { schema: z.number(), from: answerOf('mix', 'degrees') } },
      next: {},
      repeat: { everySeconds: 5, atMost: 3 },
    },
  },
  onFault: { step: 'discard', timeoutSeconds: 10 },
});

const order = { cake: 'plum' };
const handlers = (seen: unknown[] = []): Handlers<typeof baking> => ({
  mix: () => Promise.resolve({ next: 'heat', degrees: 180 }),
  bake: (event) => {
    seen.push(event.degrees + 1);
    return Promise.resolve(event.degrees > 200 ? OVER : AGAIN);
  },
  discard: ({ fault }) => Promise.resolve(seen.push(fault.Error)),
});

test('a step is done by the handler of its name, with what the table gives it', async () => {
  const seen: unknown[] = [];
  const call = dispatcher(baking, handlers(seen));
  expect(await call({ step: 'mix', order })).toEqual({ next: 'heat', degrees: 180 });
  expect(await call({ step: 'bake', order, degrees: 220, tries: 0 })).toEqual({ next: 'over' });
  expect(await call({ step: 'discard', order, fault: { Error: 'States.Timeout' } })).toEqual({ next: 'over' });
  expect(seen).toEqual([221, 'States.Timeout']);
});

test('a step that asks to be called again is called as often as the table says', async () => {
  const call = dispatcher(baking, handlers());
  const again = async (tries: number) => call({ step: 'bake', order, degrees: 100, tries });
  expect(await again(0)).toEqual({ next: 'again', tries: 1 });
  expect(await again(1)).toEqual({ next: 'again', tries: 2 });
  expect(await again(2)).toEqual({ next: 'exhausted', tries: 3 });
});

test.each([
  ['a step that is not there', { step: 'eat', order }],
  ['a step of another function', { step: 'heat', order }],
  ['a name that every object has', { step: 'constructor', order }],
  ['another order', { step: 'mix', order: { bread: 'rye' } }],
  ['an event without its input', { step: 'bake', order }],
])('refuses %s', async (_what, event) => {
  await expect(dispatcher(baking, handlers())(event)).rejects.toThrow();
});

test('a worker and a function end before the step does that waits for them longest', () => {
  expect(functionTimeoutSeconds(baking)).toBe(25);
  expect(functionTimeoutSeconds(baking, 'oven')).toBe(55);
});

test('a step without a handler, or with an answer that the table does not have, does not compile', async () => {
  const { mix: _mix, ...rest } = handlers();
  // @ts-expect-error 'mix' has no handler
  await expect(dispatcher(baking, rest)({ step: 'mix', order })).rejects.toThrow("no handler for 'mix'");
  // @ts-expect-error 'mix' cannot lead to 'bake'
  const leading: Handlers<typeof baking> = { ...handlers(), mix: () => Promise.resolve({ next: 'bake' as const }) };
  await expect(dispatcher(baking, leading)({ step: 'mix', order })).rejects.toThrow("'bake'");
});
