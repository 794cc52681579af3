import type { NewEvent } from '../../engine';
import type { InitialDecision } from '../providers/provider';
import { ruleApplied, safetyCheckApplied } from '../rules/event-data';
import { checkSafety, type SafetyCheck } from '../rules/safety-check';
import { ofIssue, SYSTEM_ACTOR } from '../store/entries';
import { withinBudget } from './budget';
import type { Iteration } from './iteration';
import { Pieces } from './pieces';

/** The first stages: how the provider judges the issue, and what the safety check makes of that. */
export async function judge(iteration: Iteration): Promise<SafetyCheck> {
  const { begun, reading, writer, ports, enter } = iteration;
  enter('initial_decision');
  const decision = await decide(iteration);
  enter('safety_check');
  const check = checkSafety(decision, reading.triggers);
  enter('rule_applied');
  const { place, issue } = begun;
  await writer.add({
    then: 'graph',
    events: [
      { event: 'safety_check.applied', data: safetyCheckApplied(check) },
      { event: 'rule_applied', data: ruleApplied(check, reading.facts, reading.triggers) },
    ],
    entries: [ofIssue('ISSUE_UPDATED', place.base, SYSTEM_ACTOR, { risk_tier: check.tier })],
    also: ports.store.issueChanged(place.base, issue, { riskTier: check.tier }, ports.clock.now()),
  });
  return check;
}

async function decide({ provider, question, budgets, whole, writer, begun }: Iteration): Promise<InitialDecision> {
  const pieces = new Pieces((content) => writer.push({ then: 'initial_decision', events: [thinking(content, false)] }));
  const decision = await withinBudget(budgets.initial, whole, ({ signal }) =>
    provider.decide(question, { signal, onText: (text) => taken(pieces, text, signal) }),
  );
  const { tier, path, reasoning, keyFactors, last } = decision;
  const completed = {
    risk_tier: tier,
    execution_path: path,
    reasoning,
    key_factors: keyFactors,
    provider: begun.run.provider,
  };
  await writer.add({
    then: 'safety_check',
    events: [thinking(pieces.finish(last), true), { event: 'initial_decision.completed', data: completed }],
  });
  return decision;
}

const thinking = (content: string, isFinal: boolean): NewEvent => ({
  event: 'initial_decision.thinking',
  data: { content, is_final: isFinal },
});

/** What comes after its time goes nowhere. */
export function taken(pieces: Pieces, text: string, signal: AbortSignal): Promise<void> {
  if (!signal.aborted) pieces.take(text);
  return Promise.resolve();
}
