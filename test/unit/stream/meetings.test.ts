import { randomUUID } from 'node:crypto';
import { ANYBODY, type Principal } from '../../../lambdas/platform/auth/principal';
import { transact } from '../../../lambdas/platform/dynamo/transact';
import type { StreamPorts } from '../../../lambdas/stream/stream-request';
import { testDynamo } from '../../support/aws';
import { openAt, streamPorts, textOf } from './support/ports';

/** Meetings that are generated for who follows them (docs/contracts/decisions.md#events, #audit-metrics-graphs-meetings). */

const db = testDynamo();
const clock = { now: () => Date.now() };
let ports: StreamPorts;

beforeAll(async () => {
  ({ ports } = await streamPorts(db));
});

const BODY = {
  issue_id: 'iss_1',
  participants: [
    { name: 'Ha Min', role: 'PM', persona_description: 'cautious' },
    { name: 'Oh Nari', role: 'Team Lead', persona_description: '' },
  ],
};
const post = (body: unknown, more: Partial<StreamPorts> = {}, userId: string | undefined = 'person-staff-720') =>
  openAt(
    {
      route: 'generateMeeting',
      params: { run_id: 'run_1' },
      headers: { 'x-user-id': userId },
      query: { user_id: 'nobody' },
      bytes: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    },
    { ...ports, ...more },
  );

test('is begun by the service, with what stands for what was not said, and followed from its beginning', async () => {
  const logId = randomUUID();
  const wanted: unknown[] = [];
  const beginMeeting: StreamPorts['beginMeeting'] = async (meeting) => {
    wanted.push(meeting);
    const log = { kind: 'meeting', id: logId, workspace: 'ws-default' };
    await transact(db, [ports.logs.created(log, [{ event: 'utterance', data: { turn: 1 } }], clock.now())]);
    return { logId };
  };
  const opened = await post(BODY, { beginMeeting });
  const log = await ports.logs.find('meeting', logId, clock.now());
  if (!log) throw new Error('the log is gone');
  await transact(db, ports.logs.added(log, [{ event: 'complete', data: {} }], clock.now(), { end: true }));
  expect(await textOf(opened, clock)).toBe(
    'retry: 3000\n\nid: 1\nevent: utterance\ndata: {"turn":1}\n\nid: 2\nevent: complete\ndata: {}\n\n',
  );
  expect(wanted).toEqual([
    {
      workspace: 'ws-default',
      runId: 'run_1',
      meeting: { ...BODY, meeting_config: { target_turns: 10, tone: 'balanced', conflict_level: 'medium' } },
    },
  ]);
});

test.each<[unknown, string, string | undefined]>([
  ['', 'INVALID_JSON', undefined],
  ['{', 'INVALID_JSON', undefined],
  ['[]', 'INVALID_JSON', undefined],
  ['null', 'INVALID_JSON', undefined],
  [{}, 'VALIDATION_ERROR', 'issue_id'],
  [{ ...BODY, participants: BODY.participants.slice(1) }, 'VALIDATION_ERROR', 'participants'],
  [{ ...BODY, participants: Array(7).fill(BODY.participants[0]) }, 'VALIDATION_ERROR', 'participants'],
  [{ ...BODY, participants: [{ ...BODY.participants[0], name: '' }, {}] }, 'VALIDATION_ERROR', 'participants[0].name'],
  [{ ...BODY, meeting_config: { target_turns: 4 } }, 'VALIDATION_ERROR', 'meeting_config.target_turns'],
  [{ ...BODY, meeting_config: { target_turns: 21 } }, 'VALIDATION_ERROR', 'meeting_config.target_turns'],
  [{ ...BODY, meeting_config: null }, 'VALIDATION_ERROR', 'meeting_config'],
])('is refused for %j', async (body, code, field) => {
  await expect(post(body)).rejects.toMatchObject({ code, ...(field !== undefined && { details: { field } }) });
});

test('lengths are counted in characters, whatever they take in UTF-16', async () => {
  const named = (name: string) => ({
    ...BODY,
    participants: [{ ...BODY.participants[0], name }, BODY.participants[1]],
  });
  const beginMeeting: StreamPorts['beginMeeting'] = () =>
    Promise.resolve({ refused: { code: 'RUN_NOT_FOUND', message: 'no run' } });
  await expect(post(named('🙂'.repeat(100)), { beginMeeting })).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  await expect(post(named('🙂'.repeat(101)))).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
});

test('the service may refuse it, and names the field', async () => {
  const beginMeeting: StreamPorts['beginMeeting'] = () =>
    Promise.resolve({ refused: { code: 'VALIDATION_ERROR', message: 'of another run', field: 'issue_id' } });
  const refused = { code: 'VALIDATION_ERROR', message: 'of another run', details: { field: 'issue_id' } };
  await expect(post(BODY, { beginMeeting })).rejects.toMatchObject(refused);
});

test('needs the header that says who asks, on every stage, and a key that may start things', async () => {
  await expect(post(BODY, { needsUserId: false }, '')).rejects.toMatchObject({ code: 'USER_ID_REQUIRED' });
  const reader: Principal = { ...ANYBODY, scopes: new Set(['read']) };
  const asReader = post(BODY, { authenticate: () => Promise.resolve(reader) });
  await expect(asReader).rejects.toMatchObject({ code: 'FORBIDDEN' });
});
