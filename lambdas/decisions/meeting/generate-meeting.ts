import type { Log, NewEvent } from '../../engine';
import { retryOnConflict, transact, WriteConflict } from '../../platform/dynamo/transact';
import { withinBudget } from '../compile/budget';
import { baseOf } from '../keys';
import type { IssueRecord, RunRecord } from '../model';
import { ProviderFailed, type MeetingRound, type Provider, type Remark } from '../providers/provider';
import { languageOf } from '../rules/words';
import type { DecisionPlace } from '../store/audit';
import type { NewUtterance } from '../store/meeting-store';
import { meetingNotes } from './notes';
import { MEETING_LOG, meetingError, type MeetingOrder } from './order';
import type { GeneratorPorts } from './ports';
import { summaryOf, type Said } from './summary';

export type Generated = 'complete' | 'failed' | 'superseded' | 'nothing to do';

/** Another meeting has been begun. */
class Superseded extends Error {}
/** This one goes on, or was ended, without us. */
class NotOurs extends Error {}

interface Meeting {
  readonly place: DecisionPlace;
  readonly order: MeetingOrder;
  readonly run: RunRecord;
  readonly issue: IssueRecord;
  readonly provider: Provider;
  readonly ports: GeneratorPorts;
  readonly notes: readonly string[];
  /** How many events of the log are ours. */
  readonly written: { events: number };
}

/**
 * Generates a meeting round by round: what is said in one is stored, and its events with it, before the next is asked for
 * (docs/contracts/decisions.md#audit-metrics-graphs-meetings).
 */
export async function generateMeeting(order: MeetingOrder, ports: GeneratorPorts): Promise<Generated> {
  const meeting = await meetingOf(order, ports);
  if (!meeting) return 'nothing to do';
  try {
    await generate(meeting);
    return 'complete';
  } catch (error) {
    if (error instanceof NotOurs) return 'nothing to do';
    const isSuperseded = error instanceof Superseded;
    if (!isSuperseded)
      ports.report({
        runId: order.runId,
        cause: error,
        ...(error instanceof ProviderFailed && { provider: error.kind }),
      });
    await endWith(isSuperseded ? STOPPED : failureOf(error), order, ports);
    return isSuperseded ? 'superseded' : 'failed';
  }
}

async function meetingOf(order: MeetingOrder, ports: GeneratorPorts): Promise<Meeting | undefined> {
  const base = baseOf('run', order.runId);
  if (base === undefined) return undefined;
  const place = { workspace: order.workspace, base };
  const [run, issue, log, notes] = await Promise.all([
    ports.store.run(place),
    ports.store.issue(place),
    ports.logs.find(MEETING_LOG, order.logId, ports.clock.now()),
    meetingNotes(place, ports.meetings),
  ]);
  // One that has begun is another's: this is a repeated delivery.
  if (!run || !issue || !log || log.over || log.lastSeq > 0) return undefined;
  return { place, order, run, issue, provider: ports.provider(run.provider), ports, notes, written: { events: 0 } };
}

async function generate(meeting: Meeting): Promise<void> {
  const { order, run, issue, provider, ports } = meeting;
  const { participants, meeting_config: config } = order.meeting;
  const budgetMs = ports.budgetMs(run.provider);
  const whole = AbortSignal.timeout(budgetMs);
  const turns = config.target_turns;
  const before: Said[] = [];
  for (let turn = 1; turn <= turns; turn += 1) {
    const remarks = await withinBudget(budgetMs, whole, ({ signal }) =>
      provider.converse(roundOf(meeting, turn, before), { signal, onText: () => Promise.resolve() }),
    );
    if (remarks.length !== participants.length)
      throw new ProviderFailed('Not everybody said something in a round', { kind: 'schema', recoverable: true });
    const said = participants.flatMap((participant, at): Said[] => {
      const remark = remarks[at];
      return remark ? [{ ...remark, turn, speaker: participant.name, role: participant.role }] : [];
    });
    await store(meeting, { events: said.map(utteranceEvent), utterances: said.map(utteranceOf) });
    before.push(...said);
  }
  const summary = summaryOf(issue, before, turns);
  const complete = { summary, total_turns: turns, meeting_id: run.id, provider: run.provider };
  await store(meeting, { events: [{ event: 'complete', data: complete }], utterances: [], summary });
}

const LEVELS = ['low', 'medium', 'high'] as const;

function roundOf({ order, issue, notes }: Meeting, turn: number, before: readonly Said[]): MeetingRound {
  const { participants, meeting_config: config } = order.meeting;
  const level = config.conflict_level.trim().toLowerCase();
  return {
    issue,
    language: languageOf(issue),
    turn,
    turns: config.target_turns,
    tone: config.tone,
    conflictLevel: LEVELS.find((known) => known === level) ?? 'medium',
    participants: participants.map(({ name, role, persona_description: persona }) => ({ name, role, persona })),
    before: before.map(({ text, perspective, speaker }) => ({ text, perspective, speaker })),
    notes,
  };
}

interface Told {
  readonly events: readonly NewEvent[];
  readonly utterances: readonly NewUtterance[];
  /** Of the whole meeting, at its end. */
  readonly summary?: string;
}

/**
 * What is said and the events that tell of it, in one transaction.
 * @throws Superseded, NotOurs
 */
async function store({ place, order, ports, written }: Meeting, { events, ...said }: Told): Promise<void> {
  const { clock, logs, meetings } = ports;
  const now = clock.now();
  const isStored = await meetings.addGenerated(place, order.generation, said, now, async () => {
    const log = await logs.find(MEETING_LOG, order.logId, now);
    if (!log || log.over || log.lastSeq !== written.events) throw new NotOurs();
    return logs.added(log, events, now, { end: said.summary !== undefined });
  });
  if (!isStored) throw new Superseded();
  written.events += events.length;
}

const utteranceEvent = ({ turn, speaker, role, text, perspective }: Said): NewEvent => ({
  event: 'utterance',
  data: { turn, speaker_name: speaker, speaker_role: role, text, perspective },
});

const utteranceOf = ({ turn, speaker, role, text, perspective }: Said) => ({
  turn,
  speaker_id: null,
  speaker_name: speaker,
  speaker_role: role,
  text,
  perspective: perspective satisfies Remark['perspective'],
});

const STOPPED = meetingError('Another meeting was begun in place of this one', false);

const failureOf = (error: unknown): NewEvent =>
  error instanceof ProviderFailed
    ? meetingError(error.message, error.recoverable)
    : meetingError('Something went wrong on our side. It has been logged.', false);

/** Tells those who follow, unless the log has ended by itself. */
async function endWith(event: NewEvent, { logId }: MeetingOrder, { db, clock, logs }: GeneratorPorts): Promise<void> {
  const ended = (log: Log) => logs.added(log, [event], clock.now(), { end: true });
  await retryOnConflict(async () => {
    const log = await logs.find(MEETING_LOG, logId, clock.now());
    if (log && !log.over) await transact(db, ended(log));
  }).catch((error: unknown) => {
    if (!(error instanceof WriteConflict)) throw error;
  });
}
