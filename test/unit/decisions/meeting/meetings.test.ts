import { generateMeeting } from '../../../../lambdas/decisions/meeting/generate-meeting';
import { openMeeting } from '../../../../lambdas/decisions/meeting/open-meeting';
import { MEETING_LOG, MEETING_SILENCE_MS, type MeetingOrder } from '../../../../lambdas/decisions/meeting/order';
import type { GeneratorPorts, OpenerPorts } from '../../../../lambdas/decisions/meeting/ports';
import { ProviderFailed, type Provider } from '../../../../lambdas/decisions/providers/provider';
import type { DecisionPlace } from '../../../../lambdas/decisions/store/audit';
import { MeetingStore } from '../../../../lambdas/decisions/store/meeting-store';
import { ISSUES } from '../issues';
import { bench, type Bench } from '../compile/support';

/** Generated meetings with the provider `rules` (docs/contracts/decisions.md#audit-metrics-graphs-meetings). */

let on: Bench;
let meetings: MeetingStore;
beforeAll(async () => {
  on = await bench();
  meetings = new MeetingStore(on.ports.db, on.tables.entities);
});

const PEOPLE = [
  { name: 'Ha Min', role: 'PM', persona_description: 'cautious' },
  { name: 'Oh Nari', role: 'Team Lead', persona_description: '' },
  { name: 'Bae Somi', role: 'Finance Analyst', persona_description: 'bold' },
];

/** Asks for a meeting. @returns its order, or what was said instead */
async function ask(place: DecisionPlace, more: Partial<MeetingOrder['meeting']> = {}) {
  const orders: MeetingOrder[] = [];
  const generate: OpenerPorts['generate'] = (order) => {
    orders.push(order);
    return Promise.resolve();
  };
  const meeting = {
    issue_id: `iss_${place.base}`,
    participants: PEOPLE,
    meeting_config: { target_turns: 5, tone: 'balanced', conflict_level: 'medium' },
    ...more,
  };
  const wanted = { workspace: place.workspace, runId: `run_${place.base}`, meeting };
  const answer = await openMeeting(wanted, { ...on.ports, meetings, generate });
  return { answer, order: orders[0] };
}
async function orderFor(place: DecisionPlace, more: Partial<MeetingOrder['meeting']> = {}): Promise<MeetingOrder> {
  const { order } = await ask(place, more);
  if (!order) throw new Error('Nothing is to be generated.');
  return order;
}

const generate = (order: MeetingOrder, more: Partial<GeneratorPorts> = {}) =>
  generateMeeting(order, {
    ...on.ports,
    meetings,
    budgetMs: () => 30_000,
    report: ({ cause }) => {
      throw new Error('a meeting failed that should not', { cause });
    },
    ...more,
  });

async function told({ logId }: MeetingOrder) {
  const log = await on.ports.logs.find(MEETING_LOG, logId, on.clock.now());
  if (!log) throw new Error('The meeting has no log.');
  return { log, events: await on.ports.logs.eventsAfter(log, 0, 1_000) };
}
const saidIn = async (place: DecisionPlace) => (await meetings.read(place)).utterances;

test('everybody speaks once in each round, in the order of the request, then it is complete', async () => {
  const place = await on.submit();
  const order = await orderFor(place);
  expect(await generate(order)).toBe('complete');
  const { log, events } = await told(order);
  expect(log.over).toBe(true);
  const utterances = events.slice(0, -1).map(({ event, data }) => [event, data['turn'], data['speaker_name']]);
  const rounds = [1, 2, 3, 4, 5].flatMap((turn) => PEOPLE.map(({ name }) => ['utterance', turn, name]));
  expect(utterances).toEqual(rounds);
  expect(Object.keys(events[0]?.data ?? {})).toEqual(['turn', 'speaker_name', 'speaker_role', 'text', 'perspective']);
  expect(events.at(-1)).toMatchObject({
    event: 'complete',
    data: { total_turns: 5, meeting_id: `run_${place.base}`, provider: 'rules' },
  });
  const kept = await saidIn(place);
  expect(kept.map(({ seq, source }) => [seq, source])).toEqual(rounds.map((_, at) => [at + 1, 'generated']));
  expect(kept.map(({ text }) => text)).toEqual(events.slice(0, -1).map(({ data }) => data['text']));
  expect((await meetings.head(place))?.summary).toBe(events.at(-1)?.data['summary']);
});

test('the perspectives are those of the table, a step from there by persona; another word stands for medium', async () => {
  const place = await on.submit();
  const perspectives = async (conflict_level: string) => {
    const order = await orderFor(place, { meeting_config: { target_turns: 5, tone: '?', conflict_level } });
    await generate(order);
    return (await told(order)).events.slice(0, 3).map(({ data }) => data['perspective']);
  };
  expect(await perspectives('medium')).toEqual(['concerned', 'concerned', 'supportive']);
  expect(await perspectives('high')).toEqual(['critical', 'concerned', 'supportive']);
  expect(await perspectives('no such level')).toEqual(['concerned', 'concerned', 'supportive']);
});

test('the texts are in the language of the issue', async () => {
  const order = await orderFor(await on.submit(ISSUES.B));
  await generate(order);
  const { events } = await told(order);
  for (const { data } of [events[0], events.at(-1)].flatMap((event) => event ?? []))
    expect(String(data['text'] ?? data['summary'])).toMatch(/\p{Script=Hangul}/u);
});

test('a new one takes the place of what was generated, and leaves what people have said', async () => {
  const place = await on.submit();
  const remark = {
    turn: 1,
    speaker_id: null,
    speaker_name: 'Ha Min',
    speaker_role: 'PM',
    text: 'Half?',
    perspective: null,
  };
  await generate(await orderFor(place));
  await meetings.add(place, { utterances: [remark], replaceExisting: false }, on.clock.now(), () =>
    Promise.resolve([]),
  );
  const order = await orderFor(place);
  expect((await saidIn(place)).map(({ text }) => text)).toEqual(['Half?']);
  await generate(order);
  const kept = await saidIn(place);
  expect(kept.map(({ source }) => source)).toEqual(['manual', ...Array<string>(15).fill('generated')]);
});

test('one that is on its way stops when another is begun, and says so to those who follow', async () => {
  const place = await on.submit();
  const first = await orderFor(place);
  const rules = on.ports.provider('rules');
  let second: MeetingOrder | undefined;
  const converse: Provider['converse'] = async (round, call) => {
    if (round.turn === 3) second = await orderFor(place);
    return rules.converse(round, call);
  };
  expect(await generate(first, { provider: () => ({ ...rules, converse }) })).toBe('superseded');
  const { log, events } = await told(first);
  expect(log.over).toBe(true);
  expect(events).toHaveLength(2 * PEOPLE.length + 1);
  expect(events.at(-1)).toMatchObject({ event: 'error', data: { stage: 'virtual_meeting' } });
  expect(await saidIn(place)).toEqual([]);
  if (!second) throw new Error('No second one was begun.');
  expect(await generate(second)).toBe('complete');
  expect(await saidIn(place)).toHaveLength(15);
});

test('a second delivery of the same order generates nothing', async () => {
  const place = await on.submit();
  const order = await orderFor(place);
  const came = await Promise.all([generate(order), generate(order)]);
  expect(came.filter((one) => one === 'complete')).toHaveLength(1);
  expect(await generate(order)).toBe('nothing to do');
  expect(await saidIn(place)).toHaveLength(15);
  const { events } = await told(order);
  expect(events).toHaveLength(16);
  expect(events.at(-1)?.event).toBe('complete');
});

test.each<[string, Provider['converse'], object, string]>([
  [
    'fails',
    () => Promise.reject(new ProviderFailed('The model is busy', { kind: 'throttled', recoverable: true })),
    { message: 'The model is busy', recoverable: true },
    'throttled',
  ],
  ['leaves somebody out', () => Promise.resolve([]), { recoverable: true }, 'schema'],
  ['says nothing', () => new Promise(() => undefined), { recoverable: true }, 'timeout'],
])('a provider that %s ends it with an error', async (_, converse, data, kind) => {
  const reported: unknown[] = [];
  const order = await orderFor(await on.submit());
  const provider = () => ({ ...on.ports.provider('rules'), converse });
  const report: GeneratorPorts['report'] = (failed) => reported.push(failed.provider);
  expect(await generate(order, { provider, report, budgetMs: () => 100 })).toBe('failed');
  const { log, events } = await told(order);
  expect(log.over).toBe(true);
  expect(events).toMatchObject([{ event: 'error', data: { stage: 'virtual_meeting', ...data } }]);
  expect(reported).toEqual([kind]);
});

test('one whose generator is lost ends by itself, and nothing is generated after that', async () => {
  const order = await orderFor(await on.submit());
  on.clock.advance(MEETING_SILENCE_MS);
  const { log } = await told(order);
  await on.ports.logs.settled(log, on.clock.now());
  expect((await told(order)).events).toMatchObject([{ event: 'error', data: { recoverable: true } }]);
  expect(await generate(order)).toBe('nothing to do');
});

describe('what is refused', () => {
  test('runs that are not there, or are of another workspace', async () => {
    const place = await on.submit();
    const asked = [
      { ...place, base: 'unknown' },
      { ...place, base: 'a/b' },
      { ...place, workspace: 'ws-other' },
    ];
    for (const each of asked) expect((await ask(each)).answer).toMatchObject({ refused: { code: 'RUN_NOT_FOUND' } });
  });

  test('the issue of another run; the id of the run itself will do', async () => {
    const place = await on.submit();
    const refused = { refused: { code: 'VALIDATION_ERROR', field: 'issue_id' } };
    expect((await ask(place, { issue_id: 'iss_other' })).answer).toMatchObject(refused);
    expect((await ask(place, { issue_id: `run_${place.base}` })).answer).toHaveProperty('logId');
  });
});
