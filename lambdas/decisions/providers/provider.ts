import type { Action, Agent, Domain, Finding, Impact, IssueInput, Path, ProviderName, Tier } from '../model';

/**
 * Who judges and writes (docs/contracts/decisions.md#provider-port): rules, or a model behind an API. Texts of the issue, of
 * feedback and of notes are data for it; what it answers is checked against a schema, and tiers, owners and actions are
 * computed from what it answers by formulas, never taken from it.
 */
export interface Provider {
  readonly name: ProviderName;
  /** Judges the issue. @throws ProviderFailed */
  decide(question: Question, call: Call): Promise<InitialDecision>;
  /** One agent's findings, at most 5. @throws ProviderFailed */
  review(question: Question & Judged & { readonly agent: Agent }, call: Call): Promise<Review>;
  /** The texts of the card. @throws ProviderFailed */
  compose(question: Question & Judged & Decided, call: Call): Promise<CardTexts>;
  /** One round of a meeting: what each participant says, in their order. @throws ProviderFailed */
  converse(round: MeetingRound, call: Call): Promise<readonly Remark[]>;
}

export interface Call {
  /** Ends when the stage's budget is over, or nobody wants the answer any longer. */
  readonly signal: AbortSignal;
  /** Pieces of the text as they come; together with `last` of the answer they are the whole text. */
  readonly onText: (piece: string) => Promise<void>;
}

/** What was asked, with values resolved as docs/contracts/decisions.md#reading-the-issue says. */
export interface Question {
  readonly issue: IssueInput;
  readonly feedback: readonly string[];
  readonly notes: readonly string[];
  readonly language: 'ko' | 'en';
  readonly facts: Facts;
}

export interface Facts {
  readonly domains: readonly Domain[];
  readonly urgency: Tier;
  readonly impactScope: IssueInput['impact_scope'];
  readonly budgetEstimate: number | null;
  readonly timelineDays: number | null;
  readonly rollbackPossible: boolean | null;
  readonly budgetImpact: Impact;
}

/** What the safety check made of it. */
export interface Judged {
  readonly tier: Tier;
  readonly path: Path;
  /** Names of the triggers that fired, in the order of the table. */
  readonly triggers: readonly string[];
}

export interface Decided {
  readonly action: Action;
  readonly score: number;
  readonly findings: readonly (Finding & { readonly agent: Agent })[];
  readonly ownerName: string;
  readonly coReviewerNames: readonly string[];
}

export interface InitialDecision {
  readonly tier: Tier;
  readonly path: Path;
  readonly reasoning: string;
  readonly keyFactors: readonly string[];
  /** The last piece of the text, after those that were handed to `onText`. */
  readonly last: string;
}

export interface Review {
  readonly findings: readonly Finding[];
  readonly last: string;
}

export interface CardTexts {
  readonly summary: string;
  readonly reasoning: string;
  readonly rollbackConditions: string;
  readonly nextSteps: readonly string[];
}

export interface MeetingRound {
  readonly issue: IssueInput;
  readonly language: 'ko' | 'en';
  /** 1 is the first. */
  readonly turn: number;
  readonly turns: number;
  readonly tone: string;
  readonly conflictLevel: 'low' | 'medium' | 'high';
  readonly participants: readonly Participant[];
  readonly before: readonly (Remark & { readonly speaker: string })[];
  readonly notes: readonly string[];
}

export interface Participant {
  readonly name: string;
  readonly role: string;
  readonly persona: string;
}

export const PERSPECTIVES = ['supportive', 'neutral', 'concerned', 'critical'] as const;
export interface Remark {
  readonly text: string;
  readonly perspective: (typeof PERSPECTIVES)[number];
}

/** A provider did not do what it was asked for. */
export class ProviderFailed extends Error {
  override readonly name = 'ProviderFailed';
  /** true: asking again may help. */
  readonly recoverable: boolean;
  /** For metrics, a word: `timeout`, `throttled`, `unavailable`, `schema`, `refused`, `internal`. */
  readonly kind: string;

  constructor(message: string, options: { kind: string; recoverable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.kind = options.kind;
    this.recoverable = options.recoverable;
  }
}
