import { MAX_USER_ID_CHARS } from '../platform/auth/user-id';

/** Limits of this service, with units; used by schemas, code and description alike (docs/contracts/decisions.md). */
export const DECISION_LIMITS = {
  /** Code points, as all lengths of texts here. */
  text: 50_000,
  title: 255,
  tags: { entries: 50, chars: 100 },
  urgency: 50,
  userIdChars: MAX_USER_ID_CHARS,
  feedback: { times: 5, chars: 10_000 },
  comment: 2_000,
  /** A record holds 400 KB, and conditions with their evidence are all in the card's. */
  conditions: { entries: 20, chars: 1_000, evidence: 1_000 },
  notes: 50_000,
  /** Bytes: as JSON, of all utterances of a run, which are answered at once. */
  utterances: { atOnce: 100, chars: 3_000, role: 100, name: 100, perspective: 100, bytes: 4 * 1024 * 1024 },
  listed: { max: 100, default: 20 },
  audited: { max: 1_000, default: 100 },
  periodDays: { min: 1, max: 365, default: 90 },
  candidates: 1_000,
  nodes: { min: 100, max: 1_000, default: 500 },
  edges: { min: 100, max: 2_000, default: 1_000 },
  subgraphNodes: { min: 50, max: 120, default: 120 },
  /** Of earlier decisions, newest first, that the search for people with experience takes into account. */
  experiences: 2_000,
  /** Code points of an issue's text that an experience repeats. */
  experienceSummary: 300,
} as const;

/** Milliseconds without an event after which a run is lost, and ends by `error` (docs/contracts/decisions.md#state-machines). */
export const RUN_SILENCE_MS = 60_000;
/** The kind of the event log of a run; its id is the run's. */
export const DECISION_LOG = 'decision';
