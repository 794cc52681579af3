import { createHash } from 'node:crypto';
import { retryOnConflict, transact, type Write } from '../../platform/dynamo/transact';
import { AppError } from '../../platform/http/errors';
import { iso, type Clock } from '../../platform/time/clock';
import type { Approval, CardRecord, IssueRecord, RunRecord } from '../model';
import { settleRun, type SettlePorts } from '../runs/settle-run';
import type { DecisionPlace, NewEntry } from '../store/audit';
import { issueMoved, ofCard, person, shown, SYSTEM, SYSTEM_ACTOR, type Actor } from '../store/entries';
import type { PersonStore } from '../store/person-writes';
import { acted, isAllowed, isApprovedBySystem, issueStatusBy, messageOf, type CardAct } from './act-table';
import { decisionLeaves } from './decision-leaves';

/** What acts upon cards stand on. */
export interface CardPorts extends SettlePorts {
  readonly clock: Clock;
  readonly people: PersonStore;
}

export interface ActRequest {
  readonly act: CardAct;
  readonly actorId: string;
  /** Version of the card that the caller knows. */
  readonly ifMatch?: number | undefined;
  /** Throws if the actor may not do this to this card. */
  readonly mayAct: (card: CardRecord) => void | Promise<void>;
}

/** What an act has to be done to, as it was read. */
interface Read {
  readonly card: CardRecord;
  readonly run: RunRecord;
  readonly issue: IssueRecord;
}

/**
 * Does something to a card: one transaction for card, issue, audit log and what is counted by person. Of two who act at the
 * same moment one wins.
 * @throws AppError of docs/contracts/decisions.md#bad-input
 */
export async function performAct(place: DecisionPlace, request: ActRequest, ports: CardPorts): Promise<Approval> {
  let known: number | undefined;
  return retryOnConflict(async () => {
    const read = await readAll(place, ports);
    const { card } = read;
    await request.mayAct(card);
    const repeated = repeatedAnswer(card, request);
    if (repeated) return repeated;
    // Whoever reads it only now acts upon what the other made of it; but the system gives way to people.
    if (known !== undefined && card.version !== known && !isApprovedBySystem(card)) throw lostRace(card, request.act);
    known = card.version;
    judge(read, request);
    return write(place, read, request, ports);
  });
}

async function readAll(place: DecisionPlace, ports: CardPorts): Promise<Read> {
  const [card, run, issue] = await Promise.all([
    ports.store.card(place),
    settleRun(place, ports.clock.now(), ports),
    ports.store.issue(place),
  ]);
  if (!card || !run || !issue) throw noCard();
  return { card, run, issue };
}

const noCard = (): AppError => new AppError('CARD_NOT_FOUND', 'There is no card of this id.');

/** The same person asks for the same once more: nothing is left to do. */
function repeatedAnswer(card: CardRecord, { act, actorId }: ActRequest): Approval | undefined {
  if (act.name === 'condition-met') return card.conditions[act.index]?.met === true ? answerOf(card, act) : undefined;
  const hash = hashOf(act);
  return card.acts?.find((done) => done.name === act.name && done.actorId === actorId && done.bodyHash === hash)
    ?.answer;
}

function judge({ card, run }: Read, { act, ifMatch }: ActRequest): void {
  if (ifMatch !== undefined && ifMatch !== card.version)
    throw new AppError('VERSION_MISMATCH', `The card is at version ${card.version}; read it again.`, {
      details: { version: card.version },
    });
  if (run.status === 'PENDING' || run.status === 'PROCESSING')
    throw new AppError('RUN_STATE_CONFLICT', `The run of this card is ${run.status}; wait until it has ended.`, {
      details: { status: run.status, action: act.name },
    });
  if (!isAllowed(card, act.name))
    throw stateConflict(card, act, `Card is ${card.approvalStatus}; ${act.name} is not allowed`);
  if (act.name === 'condition-met' && card.conditions[act.index] === undefined)
    throw new AppError('CONDITION_NOT_FOUND', `The card has ${card.conditions.length} conditions, counted from 0.`);
}

const lostRace = (card: CardRecord, act: CardAct): AppError =>
  stateConflict(card, act, `Card was changed at the same moment and is ${card.approvalStatus}; read it again`);

const stateConflict = (card: CardRecord, act: CardAct, message: string): AppError =>
  new AppError('CARD_STATE_CONFLICT', message, { details: { status: card.approvalStatus, action: act.name } });

async function write(place: DecisionPlace, read: Read, request: ActRequest, ports: CardPorts): Promise<Approval> {
  const { act, actorId } = request;
  const now = ports.clock.now();
  const after = acted(read.card, act, actorId, now);
  const answer = answerOf(after, act);
  const actor = actorId === SYSTEM ? SYSTEM_ACTOR : person(actorId);
  const [head, left] = await Promise.all([
    ports.audit.head(place),
    decisionLeaves(place, { ...read, act, actor, now }, ports),
  ]);
  const issueStatus = issueStatusBy(after, read.run, read.issue);
  const entries = [
    ...entriesOf(place.base, act, actor, after),
    ...movedEntry(place.base, read.issue, issueStatus, actor),
  ];
  const writes: Write[] = [
    ports.store.cardWritten(place, read.card, { ...after, acts: actsDone(after, request, answer) }),
    ports.store.runHeld(place.base, read.run),
    ...(issueStatus === read.issue.status
      ? []
      : ports.store.issueChanged(place.base, read.issue, { status: issueStatus }, now)),
    ...ports.audit.added(place, head, entries, now).writes,
    ...left,
  ];
  await transact(ports.db, writes);
  return answer;
}

const movedEntry = (base: string, issue: IssueRecord, to: IssueRecord['status'], actor: Actor): NewEntry[] =>
  to === issue.status ? [] : [issueMoved(base, issue.status, to, actor)];

const actsDone = (card: CardRecord, { act, actorId }: ActRequest, answer: Approval) =>
  act.name === 'condition-met' || actorId === SYSTEM
    ? (card.acts ?? [])
    : [...(card.acts ?? []), { name: act.name, actorId, bodyHash: hashOf(act), answer }];

const hashOf = (act: CardAct): string =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(act).sort(([a], [b]) => (a < b ? -1 : 1))))
    .digest('hex');

export const answerOf = (card: CardRecord, act: CardAct): Approval => ({
  card_id: card.id,
  status: card.approvalStatus,
  message: messageOf(card, act),
  approved_at: card.approvedAt === null ? null : iso(card.approvedAt),
  approved_by: card.approvedBy,
});

function entriesOf(base: string, act: CardAct, actor: Actor, after: CardRecord): NewEntry[] {
  const comment = 'comment' in act && act.comment !== null ? { comment: shown(act.comment) } : {};
  switch (act.name) {
    case 'approve':
      return [ofCard('APPROVED', base, actor, comment)];
    case 'conditional-approve':
      return [ofCard('CONDITIONALLY_APPROVED', base, actor, { conditions: act.conditions.map(shown), ...comment })];
    case 'reject':
      return [ofCard('REJECTED', base, actor, { reason: shown(act.reason), ...comment })];
    case 'condition-met':
      return [
        ofCard('CONDITION_MET', base, actor, {
          condition_index: act.index,
          status: after.approvalStatus,
          ...(act.evidence !== null && { evidence: shown(act.evidence) }),
        }),
      ];
    case 'withdraw':
      return [ofCard('WITHDRAWN', base, actor, { reason: shown(act.reason) })];
  }
}

/** The system approves what needs nobody's acknowledgement (docs/contracts/decisions.md#state-machines). */
export async function approveBySystem(place: DecisionPlace, ports: CardPorts): Promise<CardRecord | undefined> {
  const card = await ports.store.card(place);
  if (!card || !isForTheSystem(card)) return card;
  const act = { name: 'approve', comment: null } as const;
  await performAct(place, { act, actorId: SYSTEM, mayAct: stillForTheSystem }, ports).catch((error: unknown) => {
    // A person was faster, or feedback has set the run going again: nothing is left for the system.
    if (error instanceof SomebodyWasFaster || isStateConflict(error)) return;
    throw error;
  });
  return ports.store.card(place);
}

const isForTheSystem = ({ approvalStatus, executionPath, humanAckRequired }: CardRecord): boolean =>
  approvalStatus === 'PENDING' && executionPath === 'AUTO_APPROVE' && !humanAckRequired;

class SomebodyWasFaster extends Error {}
const stillForTheSystem = (card: CardRecord): void => {
  if (!isForTheSystem(card)) throw new SomebodyWasFaster();
};
const isStateConflict = (error: unknown): boolean =>
  error instanceof AppError && (error.code === 'CARD_STATE_CONFLICT' || error.code === 'RUN_STATE_CONFLICT');
