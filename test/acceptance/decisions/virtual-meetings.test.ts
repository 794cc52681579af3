import * as z from 'zod';
import { get, read, refusalWithDetail, send } from '../../support/api';
import { AS_USER, eventsIn, ISSUES, submit, type Submitted, type Told } from '../../support/decisions';

/** See docs/contracts/decisions.md#audit-metrics-graphs-meetings. */

const PEOPLE = [
  { name: 'Ha Min', role: 'PM', persona_description: 'cautious' },
  { name: 'Oh Nari', role: 'Engineering Team Lead', persona_description: 'knows the ledger' },
];

const generate = (runId: string, body: unknown, headers: Readonly<Record<string, string>> = AS_USER) =>
  send('POST', `/api/virtual-meetings/generate/${runId}`, { headers, json: body });

const Utterances = z.object({
  utterances: z.array(
    z.object({ seq: z.int(), turn: z.int(), source: z.enum(['generated', 'manual']), text: z.string() }),
  ),
  total_count: z.int(),
  total_turns: z.int(),
  summary: z.string().nullable(),
});
const kept = async (runId: string) =>
  read(await get(`/api/virtual-meetings/utterances/${runId}`, { headers: AS_USER }), 200, Utterances);

let submitted: Submitted;
beforeAll(async () => {
  submitted = await submit(ISSUES.A);
});

test('a plain POST of a browser is answered by the stream of a new meeting, which is kept', async () => {
  const { issue_id, run_id } = submitted;
  const answer = await generate(run_id, { issue_id, participants: PEOPLE, meeting_config: { target_turns: 5 } });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const events = eventsIn(answer.text);
  const said = events.slice(0, -1).map(({ event, data }: Told) => [event, data['turn'], data['speaker_name']]);
  expect(said).toEqual([1, 2, 3, 4, 5].flatMap((turn) => PEOPLE.map(({ name }) => ['utterance', turn, name])));
  expect(events.at(-1)).toMatchObject({ event: 'complete', data: { total_turns: 5, meeting_id: run_id } });
  const { utterances, total_count, summary } = await kept(run_id);
  expect(total_count).toBe(10);
  expect(utterances.map(({ text }) => text)).toEqual(events.slice(0, -1).map(({ data }) => data['text']));
  expect(summary).toBe(events.at(-1)?.data['summary']);
});

test('another one takes the place of what was generated, and not of what people have said', async () => {
  const { issue_id, run_id } = await submit(ISSUES.A);
  const remark = { turn: 12, speaker_role: 'REQUESTER', text: 'Can we do half first?' };
  await send('POST', `/api/meetings/${run_id}`, { headers: AS_USER, json: { utterances: [remark] } });
  const meeting = { issue_id, participants: PEOPLE, meeting_config: { target_turns: 5 } };
  await generate(run_id, meeting);
  await generate(`${run_id}/`, { ...meeting, issue_id: run_id });
  const sources = (await kept(run_id)).utterances.map(({ source }) => source).sort();
  expect(sources).toEqual([...Array<string>(10).fill('generated'), 'manual']);
});

test.each<[string, (right: object) => unknown, string]>([
  ['too few people', (right) => ({ ...right, participants: PEOPLE.slice(1) }), 'participants'],
  ['too many rounds', (right) => ({ ...right, meeting_config: { target_turns: 21 } }), 'meeting_config.target_turns'],
  ['the issue of another run', (right) => ({ ...right, issue_id: 'iss_other' }), 'issue_id'],
  ['no issue', (right) => ({ ...right, issue_id: undefined }), 'issue_id'],
])('is refused for %s, by plain JSON', async (_, bodyOf, field) => {
  const { issue_id, run_id } = submitted;
  const answer = await generate(run_id, bodyOf({ issue_id, participants: PEOPLE }));
  const { details } = refusalWithDetail(answer, 400, 'VALIDATION_ERROR');
  expect(details).toMatchObject({ field });
});

test('is refused for what is no JSON object, nobody, an unknown run and another method', async () => {
  const { issue_id, run_id } = submitted;
  const meeting = { issue_id, participants: PEOPLE };
  refusalWithDetail(await generate(run_id, []), 400, 'INVALID_JSON');
  refusalWithDetail(
    await send('POST', `/api/virtual-meetings/generate/${run_id}`, { headers: AS_USER, raw: '{' }),
    400,
    'INVALID_JSON',
  );
  refusalWithDetail(await generate(run_id, meeting, {}), 401, 'USER_ID_REQUIRED');
  refusalWithDetail(await generate('run_00000000000000000000000000', meeting), 404, 'RUN_NOT_FOUND');
  const answer = await get(`/api/virtual-meetings/generate/${run_id}`, { headers: AS_USER });
  refusalWithDetail(answer, 405, 'METHOD_NOT_ALLOWED');
  expect(answer.headers.get('allow')).toBe('POST');
});

test('a preflight of the POST is answered', async () => {
  const asked = { Origin: 'null', 'Access-Control-Request-Method': 'POST' };
  const path = `/api/virtual-meetings/generate/${submitted.run_id}`;
  const { status, headers } = await send('OPTIONS', path, { headers: asked });
  expect(status).toBe(204);
  expect(headers.get('access-control-allow-methods')).toMatch(/\bPOST\b/);
  expect(headers.get('access-control-allow-origin')).toBe('*');
});
