import type { Stage } from '../model';
import type { Judged, Provider, Question } from '../providers/provider';
import type { Reading } from '../rules/read-issue';
import type { SafetyCheck } from '../rules/safety-check';
import type { Begun } from './begin-iteration';
import type { Budgets } from './budget';
import type { IterationWriter } from './iteration-writer';
import type { CompilePorts } from './ports';

/** An iteration on its way: what all stages go by. */
export interface Iteration {
  readonly begun: Begun;
  readonly reading: Reading;
  readonly question: Question;
  readonly provider: Provider;
  readonly budgets: Budgets;
  /** Ends when the time of the whole run is over. */
  readonly whole: AbortSignal;
  readonly writer: IterationWriter;
  readonly ports: CompilePorts;
  /** Says where it has come to, for what is told of a failure. */
  readonly enter: (stage: Stage) => void;
}

/** What the provider is told of the safety check. */
export const judgedBy = ({ tier, path }: SafetyCheck, { triggers }: Reading): Judged => ({ tier, path, triggers });
