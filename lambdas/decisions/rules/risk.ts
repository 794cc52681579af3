import { AGENTS, LEVELS, type Agent, type Finding, type Level, type Path, type Tier } from '../model';
import type { Facts } from '../providers/provider';
import { rankOf } from '../people/structure';
import type { Trigger } from './words';

export interface Found extends Finding {
  readonly agent: Agent;
}

export interface Risk {
  /** 0 to 5, one decimal. */
  readonly score: number;
  readonly requiredLevel: Level;
  readonly findings: number;
  readonly humanAckRequired: boolean;
  /** Agents whose highest severity calls for somebody of their department, in agent order. */
  readonly alarmed: readonly Agent[];
}

interface Judged {
  readonly tier: Tier;
  readonly path: Path;
  readonly triggers: readonly Trigger[];
  readonly facts: Pick<Facts, 'budgetImpact'>;
}

const TENTHS_AT_LEAST: Readonly<Record<Tier, number>> = { LOW: 0, MID: 15, HIGH: 35 };
const ALARMING = 3;
const WORST = 5;
const ACK_FROM = 3;

/** What all findings come to: computed, whoever found them (docs/contracts/decisions.md#risk-review). */
export function weighFindings(findings: readonly Found[], judged: Judged): Risk {
  const worst = worstByAgent(findings);
  const score = Math.max(tenthsOf([...worst.values()]), TENTHS_AT_LEAST[judged.tier]) / 10;
  return {
    score,
    requiredLevel: requiredLevel(score, judged),
    findings: findings.length,
    humanAckRequired:
      judged.path !== 'AUTO_APPROVE' || score >= ACK_FROM || findings.some(({ severity }) => severity === WORST),
    alarmed: AGENTS.filter((agent) => (worst.get(agent) ?? 0) >= ALARMING),
  };
}

function worstByAgent(findings: readonly Found[]): ReadonlyMap<Agent, number> {
  const byAgent = Map.groupBy(findings, ({ agent }) => agent);
  return new Map([...byAgent].map(([agent, found]) => [agent, Math.max(...found.map(({ severity }) => severity))]));
}

/** 0.6 of the highest and 0.4 of the mean, to tenths half up, in whole numbers. */
function tenthsOf(worst: readonly number[]): number {
  const n = worst.length;
  if (n === 0) return 0;
  const sum = worst.reduce((total, severity) => total + severity, 0);
  return Math.floor((12 * n * Math.max(...worst) + 8 * sum + n) / (2 * n));
}

function requiredLevel(score: number, { path, triggers, facts }: Judged): Level {
  const byPath: Level = path === 'HARD_GATE' ? 'TEAM_LEAD' : 'STAFF';
  const hard = triggers.includes('IRREVERSIBLE') || facts.budgetImpact === 'HIGH';
  const ranks = [levelOf(score), byPath, hard ? 'DIRECTOR' : 'STAFF'] as const;
  return LEVELS[Math.max(...ranks.map(rankOf))] ?? 'VP';
}

function levelOf(score: number): Level {
  if (score <= 1.4) return 'STAFF';
  if (score <= 3.5) return 'TEAM_LEAD';
  return score <= 4.4 ? 'DIRECTOR' : 'VP';
}
