import type { Action, Agent, Domain, Tier } from '../model';
import type { RiskType } from '../rules/risk-rules';
import type { Remark } from './provider';

/** Words of the provider `rules`, in one language. */
export interface Words {
  readonly decision: (about: { tier: Tier; raising: readonly string[]; lowering: readonly string[] }) => string;
  readonly domains: (domains: readonly Domain[]) => string;
  readonly feedback: (count: number) => string;
  readonly agents: Readonly<Record<Agent, string>>;
  /** Beginning and end of what an agent says. */
  readonly findings: (agent: string, risks: readonly string[]) => readonly [string, string];
  readonly risks: Readonly<Record<RiskType, { readonly name: string; readonly recommendation: string }>>;
  readonly actions: Readonly<Record<Action, string>>;
  readonly summary: (about: { subject: string; action: string; score: string; findings: number }) => string;
  readonly reasoning: (about: {
    tier: Tier;
    triggers: readonly string[];
    worst: string | undefined;
    owner: string;
    coReviewers: readonly string[];
  }) => string;
  readonly rollback: Readonly<Record<'possible' | 'impossible', string>>;
  readonly confirm: (owner: string) => string;
  readonly follow: string;
  readonly remarks: Readonly<Record<Remark['perspective'], readonly ((speaker: string, subject: string) => string)[]>>;
}
