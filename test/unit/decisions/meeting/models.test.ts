import { generateMeeting, type Generated } from '../../../../lambdas/decisions/meeting/generate-meeting';
import { openMeeting } from '../../../../lambdas/decisions/meeting/open-meeting';
import { MEETING_LOG, type MeetingOrder } from '../../../../lambdas/decisions/meeting/order';
import { MeetingStore } from '../../../../lambdas/decisions/store/meeting-store';
import type { LoggedEvent } from '../../../../lambdas/engine/events/logged-event';
import type { Asked, Reply } from '../../../support/model-server';
import { bench, type Bench } from '../compile/support';
import { says } from '../../../support/model-answers';
import { MODELS, served, type ModelName } from '../providers/support';

/** Generated meetings whose provider is a model behind an API. */

let on: Bench;
let meetings: MeetingStore;
beforeAll(async () => {
  on = await bench();
  meetings = new MeetingStore(on.ports.db, on.tables.entities);
});

const PEOPLE = ['Ha Min', 'Oh Nari'].map((name) => ({ name, role: 'PM', persona_description: 'cautious' }));
const SAID = { remarks: PEOPLE.map(({ name }) => ({ text: `${name} says so.`, perspective: 'neutral' })) };

interface Met {
  readonly came: Generated;
  readonly events: LoggedEvent[];
  readonly asked: readonly Asked[];
  readonly reported: readonly (string | undefined)[];
}

async function meet(name: ModelName, answer: (asked: Asked, turn: number) => Reply, budgetMs = 60_000): Promise<Met> {
  const place = await on.submit(undefined, { provider: name });
  const orders: MeetingOrder[] = [];
  const meeting = {
    issue_id: `iss_${place.base}`,
    participants: PEOPLE,
    meeting_config: { target_turns: 5, tone: 'balanced', conflict_level: 'medium' },
  };
  const wanted = { workspace: place.workspace, runId: `run_${place.base}`, meeting };
  const generate = (order: MeetingOrder): Promise<void> => Promise.resolve(void orders.push(order));
  await openMeeting(wanted, { ...on.ports, meetings, generate });
  const [order] = orders;
  if (!order) throw new Error('Nothing is to be generated.');
  const { server, provider } = await served(name, answer);
  const reported: (string | undefined)[] = [];
  const came = await generateMeeting(order, {
    ...on.ports,
    meetings,
    provider: () => provider,
    budgetMs: () => budgetMs,
    report: ({ provider: kind }) => void reported.push(kind),
  });
  await server.close();
  const log = await on.ports.logs.find(MEETING_LOG, order.logId, on.clock.now());
  if (!log) throw new Error('The meeting has no log.');
  return { came, events: await on.ports.logs.eventsAfter(log, 0, 1_000), asked: server.asked, reported };
}

describe.each(MODELS)('%s', (name) => {
  test('one call for each round, which knows what was said before', async () => {
    const { came, events, asked } = await meet(name, () => says(SAID));
    expect(came).toBe('complete');
    expect(events.map(({ event }) => event)).toEqual([...Array<string>(10).fill('utterance'), 'complete']);
    expect(events.at(-1)?.data).toMatchObject({ total_turns: 5, provider: name });
    expect(asked).toHaveLength(5);
    expect(asked[1]?.messages[0]?.text).toContain('Ha Min says so.');
  });

  test('a round that leaves somebody out goes back once, and is told if it does so again', async () => {
    const { came, events, asked, reported } = await meet(name, () => says({ remarks: SAID.remarks.slice(1) }));
    expect(came).toBe('failed');
    expect(events.map(({ data }) => data)).toEqual([
      { stage: 'virtual_meeting', message: 'The model answered twice outside the schema', recoverable: true },
    ]);
    expect([asked.length, reported]).toEqual([2, ['schema']]);
  });

  test('a model that falls silent ends with the meeting’s time; what was said before stays', async () => {
    const answer = (_: Asked, turn: number): Reply => (turn < 2 ? says(SAID) : { silentAfter: '{"remarks":[' });
    const { came, events, reported } = await meet(name, answer, 3_000);
    expect(came).toBe('failed');
    expect(events.slice(0, 4).map(({ event }) => event)).toEqual(Array<string>(4).fill('utterance'));
    expect(events.at(-1)).toMatchObject({ event: 'error', data: { stage: 'virtual_meeting', recoverable: true } });
    expect(reported).toEqual(['timeout']);
  });
});
