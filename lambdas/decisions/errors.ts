/** Codes of the decisions API (docs/contracts/decisions.md#bad-input). */
export const decisionsErrors = {
  ACTOR_MISMATCH: 403,
  NOT_AN_APPROVER: 403,
  NOT_THE_SUBMITTER: 403,
  ISSUE_NOT_FOUND: 404,
  CARD_NOT_FOUND: 404,
  PERSON_NOT_FOUND: 404,
  CONDITION_NOT_FOUND: 404,
  CARD_STATE_CONFLICT: 409,
  RUN_STATE_CONFLICT: 409,
  FEEDBACK_LIMIT: 409,
  VERSION_MISMATCH: 412,
} as const;

type DecisionsErrors = typeof decisionsErrors;
declare module '../platform/http/errors' {
  interface ServiceErrors extends DecisionsErrors {}
}
