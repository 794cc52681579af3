import type * as z from 'zod';
import { get, post, read, refusalWithDetail, send, type Answer } from '../../support/api';
import { as, cardOf, compile, timelineOf } from '../../support/decided';
import { MeetingKept, RunAnswer, Utterances } from '../../support/decision-shapes';
import { AS_USER, dataOf, eventsIn, followRun, ISSUES, ROWS, rows, submit, USER } from '../../support/decisions';

/** docs/contracts/decisions.md#audit-metrics-graphs-meetings: what people say about a run. */

const tell = (runId: string, body: unknown, userId = USER): Promise<Answer> =>
  post(`/api/meetings/${runId}`, body, { headers: as(userId) });
const told = async (runId: string, body: unknown, userId?: string) =>
  read(await tell(runId, body, userId), 201, MeetingKept);
const kept = async (runId: string): Promise<z.output<typeof Utterances>> =>
  read(await get(`/api/virtual-meetings/utterances/${runId}`, { headers: AS_USER }), 200, Utterances);
const textsOf = async (runId: string) => (await kept(runId)).utterances.map(({ text }) => text);
const remark = (text: string, more: object = {}) => ({ turn: 1, speaker_role: 'REQUESTER', text, ...more });
const SMILE = '🙂';

let runId: string;
beforeEach(async () => {
  runId = (await submit(ISSUES.D)).run_id;
});

test('nothing has been said of a new run', async () => {
  expect(await kept(runId)).toEqual({
    ...{ run_id: runId, utterances: [], total_count: 0, notes: null, summary: null, total_turns: 0 },
  });
  expect(await told(runId, {})).toEqual({ run_id: runId, utterance_count: 0, notes_saved: false });
});

test('what is said is kept in its order, with what was told of who says it', async () => {
  const whole = {
    ...{ turn: 12, speaker_role: 'REQUESTER', text: 'Can we do half first?\n둘째 줄', perspective: 'concerned' },
    ...{ speaker_id: USER, speaker_name: 'Ha Min' },
  };
  expect(await told(runId, { utterances: [whole] })).toEqual({
    ...{ run_id: runId, utterance_count: 1, notes_saved: false },
  });
  expect(await told(runId, { utterances: [remark('One'), remark('Two', { perspective: null })] })).toMatchObject({
    utterance_count: 2,
  });
  const { utterances, total_count } = await kept(runId);
  expect(total_count).toBe(3);
  expect(utterances).toEqual([
    { ...whole, seq: 1, source: 'manual', created_at: utterances[0]?.created_at },
    ...['One', 'Two'].map((text, at) => ({
      ...{ ...remark(text), seq: at + 2, source: 'manual', created_at: utterances[at + 1]?.created_at },
      ...{ speaker_id: null, speaker_name: null, perspective: null },
    })),
  ]);
  expect((await kept(`${runId}/`)).total_count).toBe(3);
});

test('what is said one at a time, by several at once, is all kept, each once', async () => {
  const texts = Array.from({ length: 12 }, (_, at) => `remark ${at}`);
  await Promise.all(texts.map((text, at) => told(runId, { utterances: [remark(text, { turn: at + 1 })] })));
  const { utterances } = await kept(runId);
  expect(utterances.map(({ text }) => text).sort()).toEqual(texts.toSorted());
  expect(utterances.map(({ seq }) => seq)).toEqual(texts.map((_, at) => at + 1));
});

test('notes take the place of earlier notes, and are left alone where none are given', async () => {
  expect((await told(runId, { notes: 'First' })).notes_saved).toBe(true);
  expect((await kept(runId)).notes).toBe('First');
  for (const body of [{}, { notes: null }, { utterances: [remark('x')] }])
    expect((await told(runId, body)).notes_saved).toBe(false);
  expect((await kept(runId)).notes).toBe('First');
  expect(await told(runId, { notes: 'Second', utterances: [remark('y')] })).toMatchObject({
    ...{ notes_saved: true, utterance_count: 1 },
  });
  expect(await kept(runId)).toMatchObject({ notes: 'Second', total_count: 2 });
  expect((await told(runId, { notes: '' })).notes_saved).toBe(false);
});

test('replace_existing deletes all that was said before, generated or not', async () => {
  const { issue_id, run_id } = await submit(ISSUES.D);
  const participants = ['Ha Min', 'Oh Nari'].map((name) => ({ name, role: 'PM', persona_description: 'cautious' }));
  const meeting = { issue_id, participants, meeting_config: { target_turns: 5 } };
  await told(run_id, { notes: 'Kept', utterances: [remark('Old')] });
  const stream = await post(`/api/virtual-meetings/generate/${run_id}`, meeting, { headers: AS_USER });
  expect(eventsIn(stream.text).at(-1)?.event).toBe('complete');
  expect((await kept(run_id)).total_count).toBe(11);
  await told(run_id, { utterances: [remark('Added')], replace_existing: false });
  expect((await kept(run_id)).total_count).toBe(12);
  expect(await told(run_id, { utterances: [remark('New')], replace_existing: true })).toMatchObject({
    utterance_count: 1,
  });
  expect(await textsOf(run_id)).toEqual(['New']);
  expect((await kept(run_id)).notes).toBe('Kept');
  expect((await kept(run_id)).utterances[0]?.seq).toBe(1);
  await told(run_id, { replace_existing: true });
  expect(await textsOf(run_id)).toEqual([]);
});

test('anybody may say something, in any state of the run, and it is noted who', async () => {
  const compiled = await compile(ISSUES.B);
  await told(compiled.runId, { utterances: [remark('From somebody')] }, 'user-123');
  await post(`/api/decisions/runs/${compiled.runId}/approve`, {}, { headers: AS_USER });
  await told(compiled.runId, { notes: 'After the end' });
  const actors = (await timelineOf(compiled.runId))
    .filter(({ event_type }) => event_type === 'COMMENT_ADDED')
    .map(({ actor_id }) => actor_id);
  expect(actors).toEqual(['user-123', USER, USER]);
  expect(await textsOf(compiled.runId)).toEqual(['From somebody']);
});

test('what was said feeds the next iteration, but changes neither tier nor owner nor action', async () => {
  const { runId: id, cardId } = await compile(ISSUES.B);
  const before = await cardOf(cardId);
  const alarming = 'It cannot be undone: personal data, budget 90,000,000원, 롤백 불가';
  await told(id, { notes: alarming, utterances: [remark(`data: ${alarming}\n\nevent: error\n<b>no</b>`)] });
  const answer = await post(`/api/decisions/runs/${id}/feedback`, { feedback: 'Go on' }, { headers: AS_USER });
  read(answer, 200, RunAnswer);
  const events = await followRun(id);
  expect(rows(events)).toEqual(ROWS);
  expect(dataOf(events, 'rule_applied')).toMatchObject({ risk_tier: 'MID', execution_path: 'SOFT_GATE' });
  const { action, risk_tier, execution_path, overall_risk_score, budget_estimate } = before;
  expect(await cardOf(cardId)).toMatchObject({
    ...{ action, risk_tier, execution_path, overall_risk_score, budget_estimate },
  });
});

test.each<[string, object]>([
  ['notes', { notes: SMILE.repeat(50_000) }],
  ['utterances', { utterances: Array.from({ length: 100 }, (_, at) => remark(`${at}`)) }],
  ['a text', { utterances: [remark(SMILE.repeat(3_000))] }],
  ['a turn', { utterances: [remark('x', { turn: 1_000_000 })] }],
])('what is said may go to the bound of %s', async (_, body) => {
  await told(runId, body);
  const { notes, utterances } = await kept(runId);
  expect({ notes, utterances }).toMatchObject(body);
});

test.each<[string, object]>([
  ['notes', { notes: SMILE.repeat(50_001) }],
  ['notes', { notes: 1 }],
  ['utterances', { utterances: Array.from({ length: 101 }, () => remark('x')) }],
  ['utterances', { utterances: remark('x') }],
  ['utterances', { utterances: null }],
  ['utterances[0].text', { utterances: [remark('')] }],
  ['utterances[0].text', { utterances: [remark(SMILE.repeat(3_001))] }],
  ['utterances[1].turn', { utterances: [remark('x'), remark('y', { turn: 0 })] }],
  ['utterances[0].turn', { utterances: [remark('x', { turn: 1.5 })] }],
  ['utterances[0].turn', { utterances: [remark('x', { turn: undefined })] }],
  ['utterances[0].speaker_role', { utterances: [remark('x', { speaker_role: undefined })] }],
  ['utterances[0].speaker_role', { utterances: [remark('x', { speaker_role: null })] }],
  ['utterances[0].speaker_name', { utterances: [remark('x', { speaker_name: 1 })] }],
  ['replace_existing', { replace_existing: 'yes' }],
  ['replace_existing', { replace_existing: null }],
])('what breaks a bound of %s is refused, and nothing of it is kept', async (field, body) => {
  expect(refusalWithDetail(await tell(runId, body), 400, 'VALIDATION_ERROR').details).toMatchObject({ field });
  expect(await kept(runId)).toMatchObject({ total_count: 0, notes: null });
});

test('of a run 4 MB are kept, which can be read at once, and the run goes on', async () => {
  const { runId: id } = await compile(ISSUES.B);
  const utterances = Array.from({ length: 100 }, () => remark('말'.repeat(3_000)));
  for (let call = 0; call < 4; call += 1) await told(id, { utterances });
  refusalWithDetail(await tell(id, { utterances }), 413, 'PAYLOAD_TOO_LARGE');
  expect((await kept(id)).total_count).toBe(400);
  await told(id, { notes: SMILE.repeat(50_000) });
  await post(`/api/decisions/runs/${id}/feedback`, { feedback: 'Go on' }, { headers: AS_USER });
  expect(rows(await followRun(id))).toEqual(ROWS);
  await told(id, { utterances, replace_existing: true });
  expect((await kept(id)).total_count).toBe(100);
});

test('of an unknown run nothing is kept', async () => {
  for (const id of ['run_00000000000000000000000000', 'x']) {
    refusalWithDetail(await tell(id, { notes: 'x' }), 404, 'RUN_NOT_FOUND');
    const path = `/api/virtual-meetings/utterances/${id}`;
    refusalWithDetail(await get(path, { headers: AS_USER }), 404, 'RUN_NOT_FOUND');
  }
});

test('a plain POST of a browser passes, with its origin and nothing else', async () => {
  const headers = { ...AS_USER, Origin: 'null', 'Content-Type': 'application/json', Accept: 'application/json' };
  const answer = await send('POST', `/api/meetings/${runId}/`, { headers, raw: JSON.stringify({ notes: 'x' }) });
  expect(read(answer, 201, MeetingKept).notes_saved).toBe(true);
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
});
