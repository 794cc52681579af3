import { idOf } from '../keys';
import type { IssueRecord } from '../model';
import type { NewEntry } from './audit';

/** Who does something. */
export interface Actor {
  readonly id: string | null;
  readonly type: NewEntry['actor_type'];
}

/** What the system is called where a name is needed, as in `approved_by`. */
export const SYSTEM = 'system';
export const SYSTEM_ACTOR: Actor = { id: SYSTEM, type: 'SYSTEM' };

export const person = (id: string): Actor => ({ id, type: 'PERSON' });

/** Code points of a text that an entry repeats: it says what happened, and is not where texts are kept. */
const SHOWN = 500;
export const shown = (text: string): string => {
  const points = Array.from(text);
  return points.length > SHOWN ? `${points.slice(0, SHOWN - 1).join('')}…` : text;
};

const by = (actor: Actor) => ({ actor_id: actor.id, actor_type: actor.type });

/** Entries about one kind of thing, whose id follows from what the ids of a decision have in common. */
const about =
  (resource_type: NewEntry['resource_type'], kind: Parameters<typeof idOf>[0], more: Pick<NewEntry, 'ofCard'> = {}) =>
  (event_type: NewEntry['event_type'], base: string, actor: Actor, detail?: NewEntry['detail']): NewEntry => ({
    event_type,
    resource_type,
    resource_id: idOf(kind, base),
    ...by(actor),
    ...more,
    ...(detail && { detail }),
  });

export const ofIssue = about('ISSUE', 'issue');
export const ofRun = about('DECISION_RUN', 'run');
export const ofCard = about('DECISION_CARD', 'card', { ofCard: true });

export const issueMoved = (
  base: string,
  from: IssueRecord['status'],
  to: IssueRecord['status'],
  actor: Actor,
): NewEntry => ofIssue('ISSUE_UPDATED', base, actor, { from, to });

/** What went wrong with a run, as its `error` event says it. */
export interface RunFailure {
  readonly stage: string;
  readonly message: string;
  readonly recoverable: boolean;
}

export const runFailed = (base: string, failure: RunFailure): NewEntry[] => [
  {
    event_type: 'SYSTEM_ERROR',
    resource_type: 'SYSTEM',
    resource_id: SYSTEM,
    ...by(SYSTEM_ACTOR),
    detail: { ...failure },
  },
  ofRun('RUN_FAILED', base, SYSTEM_ACTOR, { stage: failure.stage, recoverable: failure.recoverable }),
];
