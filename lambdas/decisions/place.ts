import type { CallContext } from '../platform/http/endpoint';
import { AppError } from '../platform/http/errors';
import { baseOf } from './keys';
import type { DecisionPlace } from './store/audit';

const MISSING = {
  issue: ['ISSUE_NOT_FOUND', 'There is no issue of this id.'],
  run: ['RUN_NOT_FOUND', 'There is no run of this id.'],
  card: ['CARD_NOT_FOUND', 'There is no card of this id.'],
} as const;

export function missing(kind: keyof typeof MISSING): AppError {
  const [code, message] = MISSING[kind];
  return new AppError(code, message);
}

/** Where what an id names would be, in the caller's workspace. @throws AppError for what is no id of this kind */
export function placeOf(kind: keyof typeof MISSING, id: string, { principal }: CallContext): DecisionPlace {
  const base = baseOf(kind, id);
  if (base === undefined) throw missing(kind);
  return { workspace: principal.workspace, base };
}
