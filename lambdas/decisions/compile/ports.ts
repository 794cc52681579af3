import type { EmbedderName, ProviderName, Stage } from '../model';
import type { Embedder } from '../people/embedder';
import type { Provider } from '../providers/provider';
import type { OrganisationIndex } from '../rules/organisation-index';
import type { DecisionPlace } from '../store/audit';
import type { Budgets } from './budget';
import type { LookAfterPorts } from './look-after';

/** What the compilation of a run stands on. */
export interface CompilePorts extends LookAfterPorts {
  /** Everybody, with experiences embedded by this embedder. */
  readonly organisation: (embedder: EmbedderName) => Promise<OrganisationIndex>;
  readonly embedder: (name: EmbedderName) => Embedder;
  /** That of runs that begin now: what earlier ones have added is embedded anew by it. */
  readonly currentEmbedder: EmbedderName;
  readonly provider: (name: ProviderName) => Provider;
  readonly budgets: (provider: ProviderName) => Budgets;
  /** What people have said in meetings about a run. */
  readonly notes: (place: DecisionPlace) => Promise<readonly string[]>;
  /** Tells us of a run that failed, and whose fault that is. */
  readonly report: (failed: RunReport) => void;
}

export interface RunReport {
  readonly runId: string;
  readonly stage: Stage;
  /** Of a provider's failure: what it was, in a word. Absent: it is a fault of ours. */
  readonly provider?: string;
  readonly cause: unknown;
}
