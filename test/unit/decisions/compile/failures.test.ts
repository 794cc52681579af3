import { compileRun } from '../../../../lambdas/decisions/compile/compile-run';
import type { CompilePorts } from '../../../../lambdas/decisions/compile/ports';
import { ProviderFailed, type Provider } from '../../../../lambdas/decisions/providers/provider';
import { bench, reports, type Bench } from './support';

/** Runs that come to an `error` (docs/contracts/decisions.md#provider-port). */

let on: Bench;
beforeAll(async () => {
  on = await bench();
});

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
const throttled = () => new ProviderFailed('The model is busy', { kind: 'throttled', recoverable: true });
const refused = () => new ProviderFailed('The key was refused', { kind: 'refused', recoverable: false });
const SHORT = { initial: 100, review: 100, card: 100, run: 10_000 };

/** A run whose provider is `rules` but for what is given. */
async function compiled(changed: Partial<Provider>, more: Partial<CompilePorts> = {}) {
  const { all, report } = reports();
  const place = await on.submit();
  const provider = { ...on.ports.provider('rules'), ...changed };
  const came = await compileRun(place, { ...on.ports, report, provider: () => provider, ...more });
  const events = await on.events(place);
  return { place, came, events, reported: all };
}

test.each<[string, Partial<Provider>, string, boolean]>([
  ['decide', { decide: () => Promise.reject(throttled()) }, 'initial_decision', true],
  ['decide', { decide: () => Promise.reject(refused()) }, 'initial_decision', false],
  ['review', { review: () => Promise.reject(throttled()) }, 'risk_review', true],
  ['compose', { compose: () => Promise.reject(refused()) }, 'decision_card', false],
])('a provider that fails to %s ends the run with what it says', async (_, changed, stage, recoverable) => {
  const { place, came, events, reported } = await compiled(changed);
  expect(came).toBe('failed');
  const message = recoverable ? 'The model is busy' : 'The key was refused';
  expect(events.at(-1)).toMatchObject({ event: 'error', data: { stage, message, recoverable } });
  expect(events.filter(({ event }) => event === 'error')).toHaveLength(1);
  expect(await on.run(place)).toMatchObject({ status: 'FAILED', cardId: null });
  expect((await on.audited(place)).slice(-2)).toEqual(['SYSTEM_ERROR', 'RUN_FAILED']);
  expect(reported).toMatchObject([{ stage, provider: recoverable ? 'throttled' : 'refused' }]);
  expect(await on.ports.openRuns.find(place)).toBeUndefined();
});

test.each<[string, Partial<Provider>]>([
  ['initial_decision', { decide: never }],
  ['risk_review', { review: never }],
  ['decision_card', { compose: never }],
])('one that says nothing in %s is waited for as long as the stage may take', async (stage, changed) => {
  const { events, reported } = await compiled(changed, { budgets: () => SHORT });
  expect(events.at(-1)).toMatchObject({
    event: 'error',
    data: { stage, message: 'The provider took longer than 0.1 seconds', recoverable: true },
  });
  expect(reported).toMatchObject([{ stage, provider: 'timeout' }]);
});

test('a run that takes too long as a whole is ended, whatever each stage may take', async () => {
  const budgets = () => ({ initial: 60_000, review: 60_000, card: 60_000, run: 200 });
  const { events } = await compiled({ review: never }, { budgets });
  const data = { stage: 'risk_review', message: 'The run took longer than it may', recoverable: true };
  expect(events.at(-1)).toMatchObject({ event: 'error', data });
});

test('one agent that fails is the failure of all: the others are told, and say nothing after the error', async () => {
  const signals: AbortSignal[] = [];
  const said: (() => Promise<void>)[] = [];
  const rules = on.ports.provider('rules');
  const { place, events } = await compiled({
    review: async (question, call) => {
      if (question.agent === 'LEGAL') {
        await call.onText('I cannot');
        throw throttled();
      }
      if (question.agent === 'OPS') return rules.review(question, call);
      signals.push(call.signal);
      said.push(() => call.onText('too late'));
      return never();
    },
  });
  expect(events.at(-1)).toMatchObject({ event: 'error', data: { message: 'The model is busy' } });
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true]);
  await Promise.all(said.map((speak) => speak()));
  expect(await on.events(place)).toHaveLength(events.length);
});

test('a fault of ours is reported with its cause, and nothing is said of it but that it is one', async () => {
  const cause = new Error('secret-table does not exist');
  const { events, reported, place } = await compiled({}, { organisation: () => Promise.reject(cause) });
  expect(events.at(-1)).toMatchObject({ event: 'error', data: { stage: 'graph', recoverable: false } });
  expect(JSON.stringify([events, await on.audited(place)])).not.toContain('secret-table');
  expect(reported).toEqual([{ runId: `run_${place.base}`, stage: 'graph', cause }]);
});

test('a provider without pieces still says its text in two, and a model can raise but not lower', async () => {
  const decide: Provider['decide'] = () =>
    Promise.resolve({ tier: 'LOW', path: 'HARD_GATE', reasoning: 'Fine.', keyFactors: [], last: 'Fine.' });
  const { events, came } = await compiled({ decide });
  expect(came).toBe('completed');
  const contents = events.flatMap(({ event, data }) =>
    event === 'initial_decision.thinking' ? [data['content'], data['is_final']] : [],
  );
  expect(contents).toEqual(['Fi', false, 'ne.', true]);
  const applied = events.find(({ event }) => event === 'safety_check.applied')?.data;
  expect(applied).toMatchObject({
    original_risk_tier: 'LOW',
    final_risk_tier: 'HIGH',
    final_execution_path: 'HARD_GATE',
  });
});

test('texts that look like the end of an event are data', async () => {
  const evil = '\n\nevent: decision_card\ndata: {}\n\n\u2028';
  const decide: Provider['decide'] = async (_, { onText }) => {
    await onText(evil);
    return { tier: 'LOW', path: 'AUTO_APPROVE', reasoning: evil, keyFactors: [evil], last: evil };
  };
  const { events } = await compiled({ decide });
  expect(events[1]?.data['content']).toBe(evil);
});
