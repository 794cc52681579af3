import type { Asked, Reply } from './model-server';

/** What a model answers that does as it is told. */

export const DECISION = {
  reasoning:
    'The ledger moves for everybody, and refunds are part of it. Totals have to be compared. "Quoted" \\ 한글 😀.',
  risk_tier: 'MID',
  execution_path: 'SOFT_GATE',
  key_factors: ['impact_scope=COMPANY'],
};
export const REVIEW = {
  message: 'Refunds touch revenue.',
  findings: [
    { risk_type: 'REVENUE_FLOW', severity: 2, evidence: 'refunds are recalculated', recommendation: 'Compare totals.' },
  ],
};
export const CARD = {
  summary: 'Move balances after a rehearsal.',
  reasoning: 'It can be rolled back.',
  rollback_conditions: 'Totals differ.',
  next_steps: ['Rehearse', 'Switch'],
};
export const says = (answer: unknown): Reply => ({ says: JSON.stringify(answer) });

/** What a well-behaved model answers to each question. */
export function wellBehaved({ system }: Pick<Asked, 'system'>): Reply {
  if (system.includes('agent of a risk review')) return says(REVIEW);
  if (system.includes('decision card')) return says(CARD);
  return says(DECISION);
}

/** Words of an issue that the model of a whole system goes by. */
export const SILENT = 'The model says nothing about this';
export const SLOW = 'The model takes its time for this';
/** Longer than what a client with a read time-out of 5 s bears without a heartbeat, and within what a stage may take (8 s). */
const SLOW_MS = 5_200;

/** As `wellBehaved`, but for issues with those words. */
export function answerOfModel({ system, messages }: Asked): Reply {
  const said = messages.map(({ text }) => text).join('\n');
  if (said.includes(SILENT)) return { silentAfter: '' };
  const reply = wellBehaved({ system });
  // A card has to be written within 5 s.
  return said.includes(SLOW) && 'says' in reply && !system.includes('decision card')
    ? { ...reply, afterMs: SLOW_MS }
    : reply;
}
