import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { localPython, pipPackages } from '../../lib/bundle/pinned';
import { get, post, read, refusalWithDetail, type Target } from '../support/api';
import { AS_USER, dataOf, eventsIn, ISSUES, ROWS, rows, Submitted, USER } from '../support/decisions';
import { authTarget, createKey } from '../support/keys';
import { CARD, DECISION, SILENT, SLOW } from '../support/model-answers';

/** Decisions of a system that asks for keys, judged by a model behind a server (docs/contracts/decisions.md#provider-port). */

let key: string;
let to: Target;
beforeAll(async () => {
  ({ key } = await createKey('decisions', 'ws-decisions', 'read,run,write'));
  to = authTarget(key);
});

const submit = async (issue: object) =>
  read(await post('/api/issues', issue, { to, headers: AS_USER }), 201, Submitted);
const follow = async (runId: string) =>
  eventsIn((await get(`/api/decisions/stream/${runId}`, { to, headers: AS_USER })).text);

/** Names of the events that httpx-sse is handed, with its read time-out of 5 s. */
async function followed(runId: string): Promise<unknown> {
  const clients = resolve(__dirname, '../support/python-clients');
  const url = `${to.url}/api/decisions/stream/${runId}`;
  const args = [resolve(clients, 'follow_run.py'), pipPackages(clients, localPython()), url, USER, key];
  const { stdout } = await promisify(execFile)('python3', args, { timeout: 90_000 });
  return JSON.parse(stdout);
}

test('a run has what the model writes, and what is computed', async () => {
  const { run_id } = await submit(ISSUES.A);
  const events = await follow(run_id);
  expect(rows(events)).toEqual(ROWS);
  expect(dataOf(events, 'initial_decision.started')).toMatchObject({ provider: 'openai-compatible' });
  expect(dataOf(events, 'initial_decision.completed')).toMatchObject({ reasoning: DECISION.reasoning });
  expect(dataOf(events, 'rule_applied')).toMatchObject({ risk_tier: 'HIGH', execution_path: 'HARD_GATE' });
  expect(dataOf(events, 'decision_card')).toMatchObject({ summary: CARD.summary, next_steps: CARD.next_steps });
});

test('a client that bears 5 s without a byte follows a model that takes longer for its answers', async () => {
  let seen: unknown;
  // Of the 8 s for an answer the model leaves 3: on a busy machine they may not do for one run, and hardly for three.
  for (let run = 1; run <= 3; run += 1) {
    const { run_id } = await submit({ ...ISSUES.D, text: `${ISSUES.D.text}. ${SLOW}.` });
    seen = await followed(run_id);
    const last = (await follow(run_id)).at(-1);
    if (last?.event !== 'error') break;
    expect(last.data).toMatchObject({ message: 'The model did not answer in time', recoverable: true });
  }
  expect(seen).toEqual(ROWS);
});

test('and one that says nothing until its time is over: an error that may be tried again', async () => {
  const { run_id } = await submit({ ...ISSUES.D, text: `${ISSUES.D.text}. ${SILENT}.` });
  expect(await followed(run_id)).toEqual(['initial_decision.started', 'error']);
  expect(dataOf(await follow(run_id), 'error')).toMatchObject({ stage: 'initial_decision', recoverable: true });
});

test('a key says in which workspace, and X-User-ID who: neither stands in for the other', async () => {
  const { run_id } = await submit(ISSUES.A);
  const path = `/api/decisions/stream/${run_id}`;
  refusalWithDetail(await get(path, { to }), 401, 'USER_ID_REQUIRED');
  refusalWithDetail(await get(path, { to: authTarget(), headers: AS_USER }), 401, 'UNAUTHENTICATED');
  refusalWithDetail(await get('/api/issues', { to }), 401, 'USER_ID_REQUIRED');
  refusalWithDetail(await get('/api/issues', { to: authTarget(), headers: AS_USER }), 401, 'UNAUTHENTICATED');
  const reader = authTarget((await createKey('decisions-reader', 'ws-decisions', 'read')).key);
  refusalWithDetail(await post('/api/issues', ISSUES.D, { to: reader, headers: AS_USER }), 403, 'FORBIDDEN');
  expect(rows(eventsIn((await get(path, { to: reader, headers: AS_USER })).text))).toEqual(ROWS);
});
