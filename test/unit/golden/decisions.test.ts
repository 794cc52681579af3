import { LogStore } from '../../../lambdas/engine/store/log-store';
import { baseOf } from '../../../lambdas/decisions/keys';
import { AuditLog } from '../../../lambdas/decisions/store/audit';
import { DecisionStore } from '../../../lambdas/decisions/store/decision-store';
import { IssueLister } from '../../../lambdas/decisions/store/issue-lister';
import { MeetingStore } from '../../../lambdas/decisions/store/meeting-store';
import { PersonStore } from '../../../lambdas/decisions/store/person-writes';
import { AuditReader } from '../../../lambdas/decisions/store/read-audit';
import { testDynamo } from '../../support/aws';
import { goldenDecisions, tableWith, timeOf } from './support';

const workspace = 'ws-default';
const { named, entities, runs } = goldenDecisions();
const placeOf = (runId: string) => ({ workspace, base: baseOf('run', runId) ?? '' });
const [conditional, feedback, pending] = [named.conditional, named.feedback, named.pending].map(placeOf);

/** What was stored of decisions, which came after release 0.1. */
describe('decisions', () => {
  const db = testDynamo();
  let table: string;
  let logs: LogStore;
  let store: DecisionStore;

  beforeAll(async () => {
    table = await tableWith(db, entities);
    logs = new LogStore(db, await tableWith(db, runs));
    store = new DecisionStore(db, table, logs, new AuditLog(db, table));
  });

  test('issues, runs and cards', async () => {
    if (!conditional || !feedback || !pending) throw new Error('a run is not named');
    expect(await store.issue(conditional)).toMatchObject({ status: 'DECIDED', submitterId: 'person-staff-720' });
    expect(await store.run(conditional)).toMatchObject({ status: 'COMPLETED', provider: 'rules' });
    expect(await store.card(conditional)).toMatchObject({
      approvalStatus: 'CONDITIONALLY_APPROVED',
      conditions: [
        { text: 'a', met: true, evidence: 'r' },
        { text: 'b', met: false },
      ],
    });
    expect(await store.compiled(conditional)).toMatchObject({ domains: ['payments', 'data'] });
    expect(await store.run(feedback)).toMatchObject({ feedbackIteration: 1 });
    expect(await store.card(pending)).toMatchObject({ approvalStatus: 'PENDING', version: 1 });
    const listed = await new IssueLister(db, table).list(workspace, {
      status: undefined,
      submitterId: undefined,
      skip: 0,
      limit: 10,
    });
    expect(listed.map(({ id }) => id.slice(4))).toEqual([pending, feedback, conditional].map(({ base }) => base));
  });

  test('who has done what', async () => {
    if (!conditional) throw new Error('a run is not named');
    const timeline = await new AuditReader(db, table).timeline(conditional);
    expect(timeline.map(({ event_type }) => event_type)).toEqual(
      expect.arrayContaining(['ISSUE_CREATED', 'RUN_COMPLETED', 'CONDITIONALLY_APPROVED', 'CONDITION_MET']),
    );
    const all = await new AuditReader(db, table).list(workspace, {
      base: undefined,
      filter: {},
      offset: 0,
      limit: 1_000,
      hasTime: () => true,
    });
    expect(all).toEqual(expect.arrayContaining(timeline));
  });

  test('what people have to do and have decided, and what was said', async () => {
    if (!conditional) throw new Error('a run is not named');
    const people = new PersonStore(db, table);
    expect((await people.openCards(workspace)).get('person-director-55')).toBe(1);
    expect(await people.activity(workspace, 'person-lead-96', 0)).not.toEqual([]);
    // One for each who took part: the owner is one of the five in this run.
    const experiences = await people.experiences(workspace, 'local');
    expect(experiences).toHaveLength(5);
    for (const { domains } of experiences) expect(domains).toEqual(['payments', 'data']);
    const { head, utterances } = await new MeetingStore(db, table).read(conditional);
    expect(head).toMatchObject({ notes: 'first half only' });
    expect(utterances.map(({ source }) => source)).toEqual(['manual', ...Array<string>(10).fill('generated')]);
  });

  test('events of a run whose second iteration is the current one', async () => {
    const log = await logs.find('decision', named.feedback, timeOf('next'));
    const events = log ? await logs.eventsAfter(log, 0, 100) : [];
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.filter(({ event }) => event === 'decision_card.assigned')).toHaveLength(2);
    expect(log).toMatchObject({ firstSeq: 29, over: true });
  });
});
