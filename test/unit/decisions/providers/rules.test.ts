import { AGENTS, type IssueInput } from '../../../../lambdas/decisions/model';
import {
  PERSPECTIVES,
  ProviderFailed,
  type MeetingRound,
  type Participant,
} from '../../../../lambdas/decisions/providers/provider';
import { piecesOf, rulesProvider } from '../../../../lambdas/decisions/providers/rules';
import { perspectiveOf } from '../../../../lambdas/decisions/rules/perspective';
import { readIssue } from '../../../../lambdas/decisions/rules/read-issue';
import { ISSUES } from '../issues';

/** docs/contracts/decisions.md#provider-port */

function listener() {
  const pieces: string[] = [];
  const onText = (piece: string): Promise<void> => {
    pieces.push(piece);
    return Promise.resolve();
  };
  return { pieces, call: { signal: new AbortController().signal, onText } };
}

const questionOf = (issue: IssueInput) => {
  const { facts, language, triggers } = readIssue(issue, []);
  return { issue, facts, language, feedback: [], notes: [], tier: 'HIGH', path: 'HARD_GATE', triggers } as const;
};

test.each(Object.entries(ISSUES))('issue %s is judged with the whole reasoning in pieces', async (_, issue) => {
  const { pieces, call } = listener();
  const { reasoning, last, keyFactors, tier } = await rulesProvider.decide(questionOf(issue), call);
  expect(pieces.length).toBeGreaterThan(0);
  expect([...pieces, last].join('')).toBe(reasoning);
  for (const piece of pieces) expect(Array.from(piece)).toHaveLength(40);
  expect(last).not.toBe('');
  expect(reasoning).toMatch(/^\[rules\] /);
  expect(reasoning).toContain(tier);
  for (const factor of keyFactors.filter((one) => one.includes('='))) expect(reasoning).toContain(factor);
});

test('a text is cut between code points, in two halves if it is short', () => {
  expect(piecesOf('a'.repeat(81)).map(({ length }) => length)).toEqual([40, 40, 1]);
  expect(piecesOf('😀'.repeat(41))).toEqual(['😀'.repeat(40), '😀']);
  expect(piecesOf('a'.repeat(40)).map(({ length }) => length)).toEqual([20, 20]);
  expect(piecesOf('abc')).toEqual(['ab', 'c']);
});

test('each agent says what it found, in a first and a last piece', async () => {
  for (const agent of AGENTS) {
    const { pieces, call } = listener();
    const { findings, last } = await rulesProvider.review({ ...questionOf(ISSUES.A), agent }, call);
    expect(pieces).toHaveLength(1);
    expect(pieces[0]).toMatch(/^\[rules\] /);
    expect(last).not.toBe('');
    for (const { recommendation } of findings) expect(recommendation).not.toBe('');
  }
  const { pieces, call } = listener();
  const { findings, last } = await rulesProvider.review({ ...questionOf(ISSUES.A), agent: 'FINANCE' }, call);
  expect([...pieces, last]).toEqual(['[rules] Two findings: ', 'budget and refunds and revenue.']);
  expect(findings.map(({ risk_type, severity, evidence }) => [risk_type, severity, evidence])).toEqual([
    ['BUDGET_OVERRUN', 3, 'budget_impact=MID'],
    ['REVENUE_FLOW', 2, 'trigger=PAYMENT'],
  ]);
});

test.each([
  ['A', false],
  ['B', true],
] as const)('texts about issue %s are in its language', async (name, isKorean) => {
  const { pieces, call } = listener();
  const question = questionOf(ISSUES[name]);
  const { reasoning } = await rulesProvider.decide(question, call);
  const { findings } = await rulesProvider.review({ ...question, agent: 'SECURITY' }, call);
  const decided = {
    action: 'DEFER',
    score: 3.6,
    findings: findings.map((one) => ({ agent: 'SECURITY' as const, ...one })),
    ownerName: 'Oh Nari',
    coReviewerNames: ['Bae Somi'],
  } as const;
  const card = await rulesProvider.compose({ ...question, ...decided }, call);
  expect(card.summary).toMatch(/^\[rules\] /);
  expect(card.reasoning).toMatch(/^\[rules\] /);
  expect(card.summary).toContain('3.6');
  expect(card.reasoning).toContain('Oh Nari');
  expect(card.reasoning).toContain('Bae Somi');
  expect(card.nextSteps.length).toBeGreaterThanOrEqual(3);
  expect(card.nextSteps).toContain(findings[0]?.recommendation);
  const texts = [reasoning, ...pieces, card.summary, card.reasoning, card.rollbackConditions, ...card.nextSteps];
  const hasHangul = texts.filter((text) => /\p{Script=Hangul}/u.test(text.replace(/환불 화면.*롤백 가능/u, '')));
  if (isKorean) expect(hasHangul.length).toBeGreaterThan(texts.length / 2);
  else expect(hasHangul).toEqual([]);
});

test('what cannot be undone has no way back on the card', async () => {
  const { call } = listener();
  const decided = { action: 'REJECT', score: 4.5, findings: [], ownerName: 'Oh Nari', coReviewerNames: [] } as const;
  const textOf = async (issue: IssueInput) =>
    (await rulesProvider.compose({ ...questionOf(issue), ...decided }, call)).rollbackConditions;
  expect(await textOf(ISSUES.E)).toMatch(/^There is no way back/);
  expect(await textOf(ISSUES.A)).toMatch(/^Go back to the state before/);
});

test('who no longer wants an answer gets none', async () => {
  const call = { signal: AbortSignal.abort(), onText: () => Promise.resolve() };
  const question = { ...questionOf(ISSUES.A), agent: 'OPS' } as const;
  await expect(rulesProvider.decide(question, call)).rejects.toThrow(ProviderFailed);
  await expect(rulesProvider.review(question, call)).rejects.toMatchObject({ recoverable: true, kind: 'timeout' });
});

describe('a meeting', () => {
  const participant = (persona: string): Participant => ({ name: 'Ha Min', role: 'PM', persona });
  const seen = (conflictLevel: MeetingRound['conflictLevel'], persona = '') =>
    [1, 2, 3, 4, 5, 6].map((turn) => perspectiveOf({ turn, conflictLevel }, 0, participant(persona)));

  test('goes round by how much people are to disagree', () => {
    expect(seen('low')).toEqual(['supportive', 'neutral', 'supportive', 'neutral', 'concerned', 'supportive']);
    expect(seen('medium')).toEqual(['neutral', 'concerned', 'supportive', 'concerned', 'critical', 'neutral']);
    expect(seen('high')).toEqual(['critical', 'concerned', 'neutral', 'critical', 'supportive', 'critical']);
    expect(perspectiveOf({ turn: 3, conflictLevel: 'medium' }, 4, participant(''))).toBe('concerned');
  });

  test.each(['Cautious', 'conservative by habit', 'sees RISK', '보수적', '신중한 편'])(
    '%s: a step to critical',
    (persona) => {
      expect(seen('medium', persona).slice(0, 5)).toEqual(['concerned', 'critical', 'neutral', 'critical', 'critical']);
    },
  );

  test.each(['fast', 'Bold', 'aggressive', '공격적', '적극적'])('%s: a step to supportive', (persona) => {
    expect(seen('medium', persona).slice(0, 5)).toEqual([
      'supportive',
      'neutral',
      'supportive',
      'neutral',
      'concerned',
    ]);
  });

  test('has everybody speak once, in order, as somebody and about something', async () => {
    const { call } = listener();
    const participants = [
      { name: 'Ha Min', role: 'PM', persona: 'cautious' },
      { name: 'Bae Somi', role: 'Finance Analyst', persona: 'fast'.repeat(200) },
    ];
    for (const [turn, language] of [1, 2, 3, 4].flatMap((at) => [[at, 'en'] as const, [at, 'ko'] as const])) {
      const round = { issue: ISSUES.A, language, turn, turns: 10, tone: 'balanced', before: [], notes: [] };
      const remarks = await rulesProvider.converse({ ...round, conflictLevel: 'high', participants }, call);
      expect(remarks.map(({ text }) => text.slice(0, 6))).toEqual(['Ha Min', 'Bae So']);
      for (const { text, perspective } of remarks) {
        expect(PERSPECTIVES).toContain(perspective);
        expect(text).toContain('Loyalty points on the new ledger');
        expect(text.length).toBeLessThan(300);
      }
      expect(remarks[0]?.text).toContain('cautious');
    }
  });
});
