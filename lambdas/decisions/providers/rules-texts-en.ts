import type { Words } from './rules-words';

const COUNTS = ['No finding', 'One finding', 'Two findings', 'Three findings', 'Four findings', 'Five findings'];

export const ENGLISH: Words = {
  decision: ({ tier, raising, lowering }) => {
    const up = raising.length === 0 ? 'nothing raises it' : `${raising.join(', ')} raise it`;
    const down = lowering.length === 0 ? '' : `, ${lowering.join(', ')} lowers it`;
    return `Initial tier ${tier}: ${up}${down}.`;
  },
  domains: (domains) => `Domains: ${domains.join(', ')}.`,
  feedback: (count) => `Feedback taken into account: ${count}.`,
  agents: { SECURITY: 'security', LEGAL: 'legal', FINANCE: 'finance', OPS: 'operations', REPUTATION: 'reputation' },
  findings: (agent, risks) => {
    const count = COUNTS[risks.length] ?? `${risks.length} findings`;
    return risks.length === 0 ? [`${count} `, `for ${agent}.`] : [`${count}: `, `${listed(risks)}.`];
  },
  risks: {
    SECURITY_EXPOSURE: {
      name: 'exposure of systems',
      recommendation: 'Have application security review the change before it goes live.',
    },
    DATA_LEAK: {
      name: 'leak of personal data',
      recommendation: 'Limit who can read personal data, and log each access.',
    },
    PAYMENT_FRAUD: {
      name: 'payment fraud',
      recommendation: 'Compare totals before and after, and watch for unusual refunds.',
    },
    SERVICE_CHANGE: {
      name: 'change of running services',
      recommendation: 'Rehearse the change on a copy of the service.',
    },
    REGULATORY: {
      name: 'legal duties',
      recommendation: 'Have legal counsel confirm that rules and contracts allow it.',
    },
    PRIVACY_LAW: { name: 'privacy law', recommendation: 'Write down purpose, consent and retention of personal data.' },
    BUDGET_OVERRUN: { name: 'budget', recommendation: 'Agree on a limit of costs and on who may raise it.' },
    REVENUE_FLOW: { name: 'refunds and revenue', recommendation: 'Reconcile revenue daily during the change.' },
    NO_ROLLBACK: {
      name: 'no way back',
      recommendation: 'Take a full copy first, and stop at the first check that fails.',
    },
    SHORT_TIMELINE: { name: 'short timeline', recommendation: 'Do the smallest useful part first.' },
    URGENT_CHANGE: { name: 'urgency', recommendation: 'Name one person who watches the change all day.' },
    CUSTOMER_IMPACT: {
      name: 'impact on customers',
      recommendation: 'Tell customers before the change, and prepare answers.',
    },
    PUBLIC_MESSAGE: { name: 'public message', recommendation: 'Have the wording approved before it is published.' },
  },
  actions: { APPROVE: 'approval recommended', REJECT: 'rejection recommended', DEFER: 'recommended to defer' },
  summary: ({ subject, action, score, findings }) =>
    `${subject}: ${action}. Risk score ${score}, ${findings} ${findings === 1 ? 'finding' : 'findings'}.`,
  reasoning: ({ tier, triggers, worst, owner, coReviewers }) =>
    [
      `Final tier ${tier}${triggers.length === 0 ? ', no trigger fired' : `, triggers: ${triggers.join(', ')}`}.`,
      worst === undefined ? 'No agent found a risk.' : `Highest risk: ${worst}.`,
      `${owner} decides${coReviewers.length === 0 ? '' : `, with ${listed(coReviewers)}`}.`,
    ].join(' '),
  rollback: {
    possible: 'Go back to the state before if a check of the result fails.',
    impossible: 'There is no way back: stop before the last step if any check fails.',
  },
  confirm: (owner) => `${owner} confirms scope and date`,
  follow: 'Check the result and report it to the submitter',
  remarks: {
    supportive: [
      (speaker, subject) => `${speaker}: I am for "${subject}"; we gain more than we risk.`,
      (speaker, subject) => `${speaker}: "${subject}" is ready from where I stand, let us name a date.`,
      (speaker, subject) => `${speaker}: I would start "${subject}" with a small part now.`,
    ],
    neutral: [
      (speaker, subject) => `${speaker}: for "${subject}" I would like to see figures before I take a side.`,
      (speaker, subject) => `${speaker}: there are good points on both sides of "${subject}".`,
      (speaker, subject) => `${speaker}: what would "${subject}" change for my team next week?`,
    ],
    concerned: [
      (speaker, subject) => `${speaker}: what worries me about "${subject}" is how we notice that it goes wrong.`,
      (speaker, subject) => `${speaker}: "${subject}" needs an owner for each risk first.`,
      (speaker, subject) => `${speaker}: I see open questions about time and cost of "${subject}".`,
    ],
    critical: [
      (speaker, subject) => `${speaker}: I am against "${subject}" as it is written.`,
      (speaker, subject) => `${speaker}: nobody has shown that "${subject}" can be undone.`,
      (speaker, subject) => `${speaker}: "${subject}" should wait until the findings are answered.`,
    ],
  },
};

function listed(names: readonly string[]): string {
  const [last = '', ...before] = [...names].reverse();
  return before.length === 0 ? last : `${before.reverse().join(', ')} and ${last}`;
}
