import { lostAt } from '../../../lambdas/decisions/runs/lost-run';
import { performAct } from '../../../lambdas/decisions/cards/perform-act';
import { approveRun } from '../../../lambdas/decisions/runs/approve-run';
import { giveFeedback } from '../../../lambdas/decisions/runs/give-feedback';
import { settleRun } from '../../../lambdas/decisions/runs/settle-run';
import { DECISION_LOG, RUN_SILENCE_MS } from '../../../lambdas/decisions/limits';
import type { RunRecord } from '../../../lambdas/decisions/model';
import type { DecisionPlace } from '../../../lambdas/decisions/store/audit';
import { transact } from '../../../lambdas/platform/dynamo/transact';
import { OWNER, SUBMITTER } from './records';
import { auditOf, begun, compiled, decisions, type Decisions } from './support';

let ports: Decisions;
beforeEach(async () => {
  ports = await decisions();
});

const feedback = (place: DecisionPlace, userId = SUBMITTER) =>
  giveFeedback(place, { userId, feedback: 'The budget is 60,000,000원' }, ports);
const acknowledge = (place: DecisionPlace, userId = SUBMITTER) => approveRun(place, { userId, comment: null }, ports);

async function becomes(place: DecisionPlace, fields: Partial<RunRecord>): Promise<void> {
  const run = await ports.store.run(place);
  if (!run) throw new Error('There is no run.');
  await transact(ports.db, [ports.store.runChanged(place.base, run, fields, ports.clock.now())]);
}

test('feedback sends the run through another iteration, whose events go on counting', async () => {
  const place = await compiled(ports);
  const run = await feedback(place);
  expect(run).toMatchObject({ status: 'PROCESSING', feedbackIteration: 1, firstSeq: 2, cardId: `card_${place.base}` });
  expect(await ports.store.run(place)).toEqual(run);
  expect(await ports.logs.find(DECISION_LOG, run.id, ports.clock.now())).toMatchObject({
    over: false,
    lastSeq: 1,
    firstSeq: 2,
  });
  expect(ports.started).toEqual([place]);
  expect(await auditOf(ports, place)).toEqual([`COMMENT_ADDED by ${SUBMITTER}`]);
  const approve = { act: { name: 'approve', comment: null }, actorId: OWNER, mayAct: () => undefined } as const;
  await expect(performAct(place, approve, ports)).rejects.toMatchObject({ code: 'RUN_STATE_CONFLICT' });
});

test.each([
  ['PENDING', 'RUN_STATE_CONFLICT'],
  ['PROCESSING', 'RUN_STATE_CONFLICT'],
  ['APPROVED', 'RUN_STATE_CONFLICT'],
] as const)('no feedback to a run that is %s', async (status, code) => {
  const place = await compiled(ports);
  await becomes(place, { status });
  // The log of a run that goes on is not over.
  if (status !== 'APPROVED') {
    const log = await ports.logs.find(DECISION_LOG, `run_${place.base}`, ports.clock.now());
    if (!log) throw new Error('There is no log.');
    await transact(ports.db, ports.logs.reopened(log, [], ports.clock.now(), []));
  }
  await expect(feedback(place)).rejects.toMatchObject({ code, details: { status, action: 'feedback' } });
  expect(ports.started).toEqual([]);
});

test('no feedback to what a person has decided, nor by somebody else, nor a sixth time', async () => {
  const place = await compiled(ports);
  await expect(feedback(place, OWNER)).rejects.toMatchObject({ code: 'NOT_THE_SUBMITTER' });
  await becomes(place, { feedbackIteration: 5 });
  await expect(feedback(place)).rejects.toMatchObject({ code: 'FEEDBACK_LIMIT' });
  await becomes(place, { feedbackIteration: 4 });
  const act = { name: 'reject', reason: 'No', comment: null } as const;
  await performAct(place, { act, actorId: OWNER, mayAct: () => undefined }, ports);
  await expect(feedback(place)).rejects.toMatchObject({
    code: 'CARD_STATE_CONFLICT',
    details: { status: 'REJECTED', action: 'feedback' },
  });
  await expect(feedback({ ...place, workspace: 'ws-other' })).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
});

test('the submitter acknowledges a run, and again without effect', async () => {
  const place = await compiled(ports);
  await expect(acknowledge(place, OWNER)).rejects.toMatchObject({ code: 'NOT_THE_SUBMITTER' });
  expect(await acknowledge(place)).toMatchObject({ status: 'APPROVED' });
  expect(await acknowledge(place)).toMatchObject({ status: 'APPROVED' });
  expect(await auditOf(ports, place)).toEqual([`COMMENT_ADDED by ${SUBMITTER}`]);
  await expect(acknowledge(await begun(ports))).rejects.toMatchObject({
    code: 'RUN_STATE_CONFLICT',
    details: { status: 'PENDING', action: 'approve' },
  });
});

test('a run that nobody takes up or goes on with is failed by whoever reads it first', async () => {
  const place = await begun(ports);
  expect(await settleRun(place, ports.clock.now(), ports)).toMatchObject({ status: 'PENDING' });
  ports.clock.advance(RUN_SILENCE_MS);
  const readers = await Promise.all(Array.from({ length: 5 }, () => settleRun(place, ports.clock.now(), ports)));
  expect(readers.map((run) => run?.status)).toEqual(Array.from({ length: 5 }, () => 'FAILED'));
  expect(await auditOf(ports, place)).toEqual(['SYSTEM_ERROR by system', 'RUN_FAILED by system']);
  const log = await ports.logs.find(DECISION_LOG, `run_${place.base}`, ports.clock.now());
  if (!log) throw new Error('There is no log.');
  expect(log.over).toBe(true);
  expect((await ports.logs.eventsAfter(log, 0, 10)).map(({ event, data }) => [event, data])).toEqual([
    ['error', lostAt('initial_decision')],
  ]);
  expect(await feedback(place)).toMatchObject({ status: 'PROCESSING', firstSeq: 2 });
});

test('a run whose log was ended by who followed it is failed with it', async () => {
  const place = await begun(ports);
  ports.clock.advance(RUN_SILENCE_MS);
  const log = await ports.logs.find(DECISION_LOG, `run_${place.base}`, ports.clock.now());
  if (!log) throw new Error('There is no log.');
  await ports.logs.settled(log, ports.clock.now());
  expect(await settleRun(place, ports.clock.now(), ports)).toMatchObject({ status: 'FAILED' });
  expect((await ports.entries.timeline(place)).map(({ detail }) => detail)).toEqual([
    lostAt('initial_decision'),
    { stage: 'initial_decision', recoverable: true },
  ]);
});
