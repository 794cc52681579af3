import { AppError } from '../../platform/http/errors';
import { LEVELS, type CardRecord, type Person } from '../model';
import type { CardAct } from './act-table';

type People = ReadonlyMap<string, Pick<Person, 'level' | 'orgPath'>>;

/** Whether somebody is above somebody else: of higher rank, with an org path that the other's begins with. */
export function isAbove(people: People, above: string, below: string): boolean {
  const [upper, lower] = [people.get(above), people.get(below)];
  if (!upper || !lower) return false;
  const path = upper.orgPath.endsWith('/') ? upper.orgPath : `${upper.orgPath}/`;
  return LEVELS.indexOf(upper.level) > LEVELS.indexOf(lower.level) && `${lower.orgPath}/`.startsWith(path);
}

/** docs/contracts/decisions.md#state-machines. @throws AppError `NOT_AN_APPROVER` */
export function mayAct(card: CardRecord, act: CardAct['name'], actorId: string, people: People): void {
  const isOwner = actorId === card.ownerId;
  const isSubmitter = actorId === card.submitterId;
  switch (act) {
    case 'approve':
    case 'conditional-approve':
    case 'reject':
      if (isOwner || (card.ownerId !== null && isAbove(people, actorId, card.ownerId))) return;
      throw refused('Only the owner of this card, or somebody above the owner, may do this.');
    case 'condition-met':
      if (isOwner || isSubmitter || card.coReviewerIds?.includes(actorId)) return;
      throw refused('Only the owner, the co-reviewers and the submitter may mark conditions of this card.');
    case 'withdraw':
      if (isOwner || isSubmitter) return;
      throw refused('Only the submitter and the owner may withdraw this card.');
  }
}

const refused = (message: string): AppError => new AppError('NOT_AN_APPROVER', message);
