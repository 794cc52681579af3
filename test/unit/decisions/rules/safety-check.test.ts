import { PATHS, TIERS } from '../../../../lambdas/decisions/model';
import { countPoints, pathOf } from '../../../../lambdas/decisions/rules/initial-decision';
import { readIssue } from '../../../../lambdas/decisions/rules/read-issue';
import { canRollBack, checkSafety } from '../../../../lambdas/decisions/rules/safety-check';
import { says, TRIGGERS, type Trigger, type WordTrigger } from '../../../../lambdas/decisions/rules/words';
import { issueOf } from '../issues';

const WORDS: Readonly<Record<WordTrigger, readonly string[]>> = {
  IRREVERSIBLE: [
    'irreversible',
    'cannot be undone',
    'no rollback',
    'permanently deleted',
    '되돌릴 수 없',
    '롤백 불가',
    '복구 불가',
    '영구 삭제',
  ],
  PERSONAL_DATA: [
    'personal data',
    'personally identifiable',
    'pii',
    'gdpr',
    '개인정보',
    '민감정보',
    '위치정보',
    '주민등록',
  ],
  PAYMENT: ['payments', 'refunded', 'billing', 'payouts', '결제', '환불', '정산'],
  LEGAL: ['legally', 'lawsuit', 'contracts', 'compliance', 'regulation', '법률', '법무', '소송', '계약', '규제'],
  SECURITY: [
    'security',
    'vulnerability',
    'breach',
    'credentials',
    'encryption',
    '보안',
    '취약점',
    '유출',
    '해킹',
    '암호화',
  ],
};

describe.each(Object.entries(WORDS))('%s', (trigger, words) => {
  test.each(words)('fires at %j', (word) => {
    const isHangul = /\p{Script=Hangul}/u.test(word);
    const fired = (text: string): boolean => readIssue(issueOf({ text }), []).triggers.some((one) => one === trigger);
    expect(fired(`the ${word.toUpperCase()} of it`)).toBe(true);
    expect(fired(`(${word.normalize('NFD')})`)).toBe(true);
    // Within a word a Latin one says nothing.
    expect(fired(`x${word}`)).toBe(isHangul);
    expect(fired(`7${word}`)).toBe(isHangul);
  });
});

test('words fire nothing else', () => {
  expect(says('illegal prepayment insecurity apii', 'LEGAL')).toBe(false);
  expect(readIssue(issueOf({ text: 'prepayment and illegal' }), []).triggers).toEqual([]);
});

test('triggers stand in the order of the table', () => {
  const text = 'security, contract, refund, gdpr, irreversible';
  expect(readIssue(issueOf({ text, budget_estimate: 50_000_000 }), []).triggers).toEqual([
    'IRREVERSIBLE',
    'PERSONAL_DATA',
    'BUDGET_HIGH',
    'PAYMENT',
    'LEGAL',
    'SECURITY',
  ]);
});

const SETS: readonly (readonly Trigger[])[] = Array.from({ length: 2 ** TRIGGERS.length }, (_, bits) =>
  TRIGGERS.filter((__, index) => (bits & (1 << index)) !== 0),
);
const STRONG: readonly Trigger[] = ['IRREVERSIBLE', 'PERSONAL_DATA', 'BUDGET_HIGH'];

describe.each(TIERS.flatMap((tier) => PATHS.map((path) => [tier, path] as const)))(
  'a decision %s, %s',
  (tier, path) => {
    const checks = SETS.map((triggers) => ({ triggers, check: checkSafety({ tier, path }, triggers) }));

    test('is never lowered, and its path is no less strict than its tier asks', () => {
      for (const { check } of checks) {
        expect(TIERS.indexOf(check.tier)).toBeGreaterThanOrEqual(TIERS.indexOf(tier));
        expect(PATHS.indexOf(check.path)).toBeGreaterThanOrEqual(PATHS.indexOf(path));
        expect(PATHS.indexOf(check.path)).toBeGreaterThanOrEqual(PATHS.indexOf(pathOf(check.tier)));
      }
    });

    test('rises by two steps for a strong trigger, by one for each weak one', () => {
      for (const { triggers, check } of checks) {
        const steps = triggers.some((trigger) => STRONG.includes(trigger)) ? 2 : Math.min(2, triggers.length);
        expect(check.tier).toBe(TIERS[Math.min(2, TIERS.indexOf(tier) + steps)]);
      }
    });

    test('says why', () => {
      for (const { triggers, check } of checks) {
        expect(check.overridden).toBe(check.tier !== tier || check.path !== path);
        const reason = check.tier === tier ? (check.path === path ? '' : 'path aligned with tier') : undefined;
        expect(check.reason).toBe(reason ?? `raised by: ${triggers.join(', ')}`);
      }
    });
  },
);

test('points of each row', () => {
  const points = (fields: Parameters<typeof issueOf>[0]) => {
    const { tier, keyFactors } = countPoints(readIssue(issueOf(fields), []).facts);
    return [tier, ...keyFactors];
  };
  expect(points({})).toEqual(['LOW', 'no raising factor']);
  expect(points({ urgency: 'HIGH' })).toEqual(['LOW', 'urgency=HIGH']);
  expect(points({ urgency: 'HIGH', impact_scope: 'DEPARTMENT' })).toEqual([
    'MID',
    'urgency=HIGH',
    'impact_scope=DEPARTMENT',
  ]);
  expect(points({ impact_scope: 'EXTERNAL', timeline_days: 2, budget_estimate: 5_000_000 })).toEqual([
    'HIGH',
    'impact_scope=EXTERNAL',
    'timeline_days=2',
    'budget_impact=MID',
  ]);
  expect(points({ timeline_days: 3, impact_scope: 'TEAM', rollback_possible: false })).toEqual([
    'LOW',
    'no raising factor',
  ]);
  expect(points({ cost_impact: 'HIGH', rollback_possible: true })).toEqual([
    'LOW',
    'rollback_possible=true',
    'budget_impact=HIGH',
  ]);
});

test('whether it can be rolled back: what nobody knows counts as possible', () => {
  const possible = (fields: Parameters<typeof issueOf>[0]): boolean => {
    const { facts, triggers } = readIssue(issueOf(fields), []);
    return canRollBack(facts, triggers);
  };
  expect(possible({})).toBe(true);
  expect(possible({ text: 'irreversible' })).toBe(false);
  expect(possible({ rollback_possible: false })).toBe(false);
  expect(possible({ text: 'irreversible', rollback_possible: true })).toBe(true);
});
