import type { NewEvent } from '../../engine';
import { AGENTS, type Agent, type Finding } from '../model';
import { riskReviewCompleted, riskReviewStarted } from '../rules/event-data';
import { weighFindings, type Found, type Risk } from '../rules/risk';
import type { SafetyCheck } from '../rules/safety-check';
import type { NewEntry } from '../store/audit';
import { ofRun, SYSTEM_ACTOR } from '../store/entries';
import { withinBudget } from './budget';
import { judgedBy, type Iteration } from './iteration';
import { taken } from './judge';
import { Pieces } from './pieces';

export interface Reviewed {
  readonly risk: Risk;
  /** In agent order. */
  readonly findings: readonly Found[];
}

/** Five agents look at the issue at the same time; what their findings come to is computed. */
export async function review(iteration: Iteration, check: SafetyCheck): Promise<Reviewed> {
  const { begun, reading, writer, enter } = iteration;
  enter('risk_review');
  const { base } = begun.place;
  await writer.add({
    then: 'risk_review',
    events: [{ event: 'risk_review.started', data: riskReviewStarted() }],
    entries: [ofRun('RISK_REVIEW_STARTED', base, SYSTEM_ACTOR, { agents: AGENTS })],
  });
  const findings = await reviewByAll(iteration, check);
  const risk = weighFindings(findings, { ...check, triggers: reading.triggers, facts: reading.facts });
  const data = riskReviewCompleted(risk);
  await writer.add({
    then: 'owner_search',
    events: [{ event: 'risk_review.completed', data }],
    entries: [ofRun('RISK_REVIEW_COMPLETED', base, SYSTEM_ACTOR, data)],
  });
  return { risk, findings };
}

async function reviewByAll(iteration: Iteration, check: SafetyCheck): Promise<Found[]> {
  // One that fails is the failure of all: the others are told to stop, and say nothing after that.
  const others = new AbortController();
  const whole = AbortSignal.any([iteration.whole, others.signal]);
  try {
    const found = await Promise.all(AGENTS.map((agent) => reviewBy(agent, { ...iteration, whole }, check)));
    return found.flat();
  } catch (error) {
    others.abort();
    throw error;
  }
}

async function reviewBy(agent: Agent, iteration: Iteration, check: SafetyCheck): Promise<Found[]> {
  const { provider, question, budgets, whole, writer, begun, reading } = iteration;
  const pieces = new Pieces((content) => writer.push(said(agent, 'delta', content, [])));
  const asked = { ...question, ...judgedBy(check, reading), agent };
  const { findings, last } = await withinBudget(budgets.review, whole, ({ signal }) =>
    provider.review(asked, { signal, onText: (text) => taken(pieces, text, signal) }),
  );
  const content = pieces.finish(last);
  await writer.add({
    ...said(agent, 'final', content, findings),
    entries: [completed(agent, begun.place.base, findings)],
  });
  return findings.map((finding) => ({ ...finding, agent }));
}

const said = (agent: Agent, type: 'delta' | 'final', content: string, findings: readonly Finding[]) => ({
  then: 'risk_review' as const,
  events: [
    {
      event: 'risk_review.agent.message',
      data: { agent_type: agent, message_type: type, content, findings_count: findings.length, findings },
    } satisfies NewEvent,
  ],
});

const completed = (agent: Agent, base: string, findings: readonly Finding[]): NewEntry => ({
  event_type: 'RISK_AGENT_COMPLETED',
  resource_type: 'RISK_FINDING',
  resource_id: `${base}-${agent}`,
  actor_type: 'AGENT',
  actor_id: agent,
  detail: {
    findings_count: findings.length,
    findings: findings.map(({ risk_type, severity }) => ({ risk_type, severity })),
  },
});
