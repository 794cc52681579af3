import type { Write } from '../../platform/dynamo/transact';
import { DECISION_LIMITS } from '../limits';
import type { CardRecord, IssueRecord } from '../model';
import type { DecisionPlace } from '../store/audit';
import type { DecisionStore } from '../store/decision-store';
import type { Actor } from '../store/entries';
import type { Activity, DecidedExperience, PersonStore } from '../store/person-writes';
import type { CardAct } from './act-table';

interface Done {
  readonly card: CardRecord;
  readonly issue: IssueRecord;
  readonly act: CardAct;
  readonly actor: Actor;
  readonly now: number;
}

const DECISIONS = {
  approve: { activity: 'APPROVED', outcome: 'APPROVED' },
  'conditional-approve': { activity: 'CONDITIONALLY_APPROVED', outcome: 'CONDITIONAL' },
  reject: { activity: 'REJECTED', outcome: 'REJECTED' },
} as const satisfies Record<string, { activity: Activity['kind']; outcome: DecidedExperience['outcome'] }>;

/**
 * What an act leaves with people, for the transaction that does it: the card is no longer an open one of its owner, the
 * decision of a person counts for that person, and is an experience of all who took part.
 */
export async function decisionLeaves(
  place: DecisionPlace,
  { card, issue, act, actor, now }: Done,
  { store, people }: { readonly store: DecisionStore; readonly people: PersonStore },
): Promise<Write[]> {
  const { workspace, base } = place;
  const { ownerId, approvalStatus } = card;
  const closed =
    approvalStatus === 'PENDING' && ownerId !== null ? [people.openCardsChanged(workspace, ownerId, -1)] : [];
  if (act.name === 'condition-met' || act.name === 'withdraw' || actor.type !== 'PERSON' || actor.id === null)
    return closed;
  const { activity, outcome } = DECISIONS[act.name];
  const tookMs = Math.max(0, now - card.assignedAt);
  const counted = people.activityAdded(workspace, actor.id, { kind: activity, base, at: now, tookMs });
  const compiled = await store.compiled(place);
  if (!compiled) return [...closed, counted];
  const experience: DecidedExperience = {
    base,
    personIds: [...new Set([...(ownerId === null ? [] : [ownerId]), ...compiled.participants])],
    domains: compiled.domains,
    summary: summaryOf(issue),
    outcome,
    decidedAt: now,
    vector: compiled.vector,
    embedder: compiled.embedder,
  };
  return [...closed, counted, people.experienceWritten(workspace, experience)];
}

/** One line: it stands in events and lists. */
function summaryOf({ title, text }: IssueRecord): string {
  const points = Array.from(`${title === null ? '' : `${title}: `}${text}`.replace(/\s+/g, ' ').trim());
  return points.slice(0, DECISION_LIMITS.experienceSummary).join('');
}
