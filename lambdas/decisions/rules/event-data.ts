import { AGENTS, type Agent, type Domain, type Person } from '../model';
import type { Facts } from '../providers/provider';
import { meetingSummary } from './participants';
import type { Risk } from './risk';
import type { Routing } from './route-issue';
import { fourDecimals } from './rounding';
import { canRollBack, type SafetyCheck } from './safety-check';
import type { Ownership } from './search-owner';
import type { Scored } from './score';
import type { Trigger } from './words';

/** Data of events as they are sent (docs/contracts/decisions.md#events). */

export const safetyCheckApplied = (check: SafetyCheck) => ({
  safety_override: check.overridden,
  original_risk_tier: check.originalTier,
  final_risk_tier: check.tier,
  original_execution_path: check.originalPath,
  final_execution_path: check.path,
  override_reason: check.reason,
});

export const ruleApplied = ({ tier, path }: SafetyCheck, facts: Facts, triggers: readonly Trigger[]) => ({
  risk_tier: tier,
  execution_path: path,
  budget_impact: facts.budgetImpact,
  rollback_possible: canRollBack(facts, triggers),
});

export const graphScopeActivated = ({ scope }: Routing) => ({ scope: scope.name, hop: scope.hop });

export const graphCandidates = ({ candidates }: Routing) => ({
  candidates: candidates.map(({ person }) => ({
    ...named(person),
    level: person.level,
    team: person.team,
    department: person.department,
  })),
  count: candidates.length,
});

export const vectorRanked = ({ core, references }: Routing) => ({
  core_nodes: core.map((scored) => ({
    ...named(scored.person),
    score: fourDecimals(scored.score),
    breakdown: breakdownOf(scored),
  })),
  reference_nodes: references.map(({ person, similarity }) => ({ ...named(person), score: fourDecimals(similarity) })),
});

export const referenceNodesFound = ({ references }: Routing) => ({
  references: references.map(({ person, experience, similarity }) => ({
    person_id: person.id,
    experience_summary: experience.summary,
    similarity: fourDecimals(similarity),
    name: person.name,
    role: person.title,
  })),
});

export const meetingReady = ({ participants }: Routing, language: 'ko' | 'en') => ({
  participants: participants.map(({ person, perspective }) => ({ ...named(person), perspective })),
  summary: meetingSummary(participants, language),
});

export const riskReviewStarted = (): { agent_count: number; agents: readonly Agent[] } => ({
  agent_count: AGENTS.length,
  agents: AGENTS,
});

export const riskReviewCompleted = (risk: Risk) => ({
  overall_risk_score: risk.score,
  required_owner_level: risk.requiredLevel,
  total_findings: risk.findings,
  human_ack_required: risk.humanAckRequired,
});

export const ownerSearchStarted = ({ requiredLevel }: Risk, domains: readonly Domain[]) => ({
  required_level: requiredLevel,
  domains,
});

export const ownerSearchCandidates = ({ candidates }: Ownership) => ({
  candidates: candidates.map(({ person, match }) => ({ ...levelled(person), match_score: fourDecimals(match) })),
  count: candidates.length,
});

export const ownerSearchAssigned = ({ owner, coReviewers, reason }: Ownership) => ({
  owner: levelled(owner),
  co_reviewers: coReviewers.map(levelled),
  assignment_reason: reason,
});

/** The title goes by the name `role` in events. */
const named = ({ id, name, title }: Person) => ({ person_id: id, name, role: title });
const levelled = ({ id, name, level }: Person) => ({ id, name, level });

export const breakdownOf = ({ parts }: Pick<Scored, 'parts'>) => ({
  participation: fourDecimals(parts.participation),
  domain: fourDecimals(parts.domain),
  tree: fourDecimals(parts.tree),
  load: fourDecimals(parts.load),
});
