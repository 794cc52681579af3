import { largestAmount } from '../../../../lambdas/decisions/rules/amounts';
import { domainOf, domainsOf } from '../../../../lambdas/decisions/rules/domains';
import { readIssue } from '../../../../lambdas/decisions/rules/read-issue';
import { lastDeadline } from '../../../../lambdas/decisions/rules/timeline';
import { languageOf } from '../../../../lambdas/decisions/rules/words';
import { issueOf } from '../issues';

/** docs/contracts/decisions.md#reading-the-issue */

test.each([
  ['1억 2천만원', 120_000_000],
  ['예산 420만원', 4_200_000],
  ['12,000,000원', 12_000_000],
  ['60,000,000원', 60_000_000],
  ['0.29억원', 29_000_000],
  ['1.5억원', 150_000_000],
  ['3백만 원', 3_000_000],
  ['1억2천만3백만4만5원', 123_040_005],
  ['1억 2000원', 100_002_000],
  ['1억 5천만원과 2억원', 200_000_000],
  ['2억원, 그리고 1억 5천만원', 200_000_000],
  // A part without a unit is the last one, so it begins nothing.
  ['2026 1억원', 100_000_000],
  ['10.99원', 10],
  ['₩12,000', 12_000],
  ['krw 500', 500],
  ['krw 5,000 or ₩ 7,000', 7_000],
  ['0원', 0],
  ['99999999999999999999999억원', 10 ** 15],
  ['10,000,000억원', 10 ** 15],
  ['1억', null],
  ['1억\n2천만', null],
  ['원', null],
  ['5 apples, 7만 달러', null],
  ['', null],
])('amount in %j', (text, amount) => {
  expect(largestAmount(text)).toBe(amount);
});

test('an amount does not go on in the next line', () => {
  expect(largestAmount('1억\n2천만원')).toBe(20_000_000);
});

test.each([
  ['일정 하루', 1],
  ['일정: 일주일', 7],
  ['기한은 2주', 14],
  ['마감 3개월', 90],
  ['마감 2달', 60],
  ['기한 10 일', 10],
  ['timeline: 2 weeks', 14],
  ['deadline 3 days', 3],
  ['deadline in 1 month', 30],
  ['일정 5일, 아니 기한 3일', 3],
  ['일정 0일', 1],
  ['일정 9999일', 3650],
  ['일정 99999999999999999999999년 아니 일정 99999999999999999999999일', 3650],
  ['일정 3월 5일', null],
  ['일정\n5일', null],
  ['deadline is some time within 3 days', null],
  ['5일', null],
])('deadline in %j', (text, days) => {
  expect(lastDeadline(text)).toBe(days);
});

test.each([
  [' Payment ', 'payments'],
  ['BILLING', 'payments'],
  ['pii', 'privacy'],
  ['compliance', 'legal'],
  ['sec', 'security'],
  ['finance', 'pricing'],
  ['support', 'customer_comms'],
  ['pr', 'brand'],
  ['analytics', 'data'],
  ['ux', 'growth'],
  ['infrastructure', 'infra'],
  ['customer_comms', 'customer_comms'],
  ['constructor', undefined],
  ['unknown', undefined],
])('tag %j means %s', (tag, domain) => {
  expect(domainOf(tag)).toBe(domain);
});

test('domains are in priority order, each once', () => {
  expect(domainsOf(['ux', 'payments', 'pay', 'legal', 'nothing'], 'refund of pii')).toEqual([
    'legal',
    'payments',
    'growth',
  ]);
});

test('words give domains where no tag does', () => {
  const words = '환불 규정: personal data and contracts, 보안';
  expect(domainsOf([], words)).toEqual(['privacy', 'security', 'legal', 'payments']);
  expect(domainsOf(['nothing', 'else'], words)).toEqual(['privacy', 'security', 'legal', 'payments']);
  expect(domainsOf([], 'new button')).toEqual([]);
});

test('fields win over the text', () => {
  const issue = issueOf({
    title: '예산 5억원',
    text: 'deadline 1 day, cannot be undone',
    budget_estimate: 1_000,
    timeline_days: 40,
    rollback_possible: true,
  });
  expect(readIssue(issue, []).facts).toMatchObject({
    budgetEstimate: 1_000,
    timelineDays: 40,
    rollbackPossible: true,
    budgetImpact: 'LOW',
  });
});

test('what fields leave open is found in title and text, whatever case and composition', () => {
  const issue = issueOf({ title: 'KRW 60,000,000'.normalize('NFD'), text: '일정 하루. 롤백 가능'.normalize('NFD') });
  expect(readIssue(issue, []).facts).toMatchObject({
    budgetEstimate: 60_000_000,
    timelineDays: 1,
    rollbackPossible: true,
    budgetImpact: 'HIGH',
  });
  expect(readIssue(issueOf({ text: 'It can be rolled back' }), []).facts.rollbackPossible).toBe(true);
  expect(readIssue(issueOf({ text: '롤백 가능, 그러나 복구 불가' }), []).facts.rollbackPossible).toBe(false);
});

describe('feedback', () => {
  const fields = issueOf({ budget_estimate: 10_000_000, timeline_days: 10, rollback_possible: true });
  const open = issueOf({});

  test('is merged to the riskier side, against fields too', () => {
    const riskier = readIssue(fields, ['예산 60,000,000원', '일정 3일', 'there is no rollback']);
    expect(riskier.facts).toMatchObject({
      budgetEstimate: 60_000_000,
      timelineDays: 3,
      rollbackPossible: false,
      budgetImpact: 'HIGH',
    });
  });

  test('lowers nothing', () => {
    const tamer = readIssue(fields, ['예산 10원, 일정 30일, 롤백 가능', '예산 5원, 일정 11일']);
    expect(tamer).toEqual(readIssue(fields, []));
    expect(readIssue(open, ['롤백 가능']).facts.rollbackPossible).toBeNull();
  });

  test('fills in what was not known, the riskiest of all', () => {
    expect(readIssue(open, ['예산 3백만원, 일정 9일', '예산 2백만원, 일정 5일', '일정 7일']).facts).toMatchObject({
      budgetEstimate: 3_000_000,
      timelineDays: 5,
    });
  });

  test('fires triggers, and gives domains by its words', () => {
    const { facts, triggers } = readIssue(open, ['It touches 개인정보']);
    expect(facts.domains).toEqual(['privacy']);
    expect(triggers).toEqual(['PERSONAL_DATA']);
  });
});

test.each([
  ['very high', 'HIGH'],
  ['높음', 'HIGH'],
  ['medium', 'MID'],
  ['MID', 'MID'],
  ['중간', 'MID'],
  ['low', 'LOW'],
  ['', 'LOW'],
  [null, 'LOW'],
] as const)('urgency %j is %s', (urgency, level) => {
  expect(readIssue(issueOf({ urgency }), []).facts.urgency).toBe(level);
});

test.each([
  [null, null, 'NONE'],
  [null, 0, 'NONE'],
  ['LOW', 0, 'LOW'],
  [null, 4_999_999, 'LOW'],
  [null, 5_000_000, 'MID'],
  ['HIGH', 5_000_000, 'HIGH'],
  [null, 49_999_999, 'MID'],
  ['NONE', 50_000_000, 'HIGH'],
] as const)('cost impact %j and a budget of %j are impact %s', (cost_impact, budget_estimate, impact) => {
  expect(readIssue(issueOf({ cost_impact, budget_estimate }), []).facts.budgetImpact).toBe(impact);
});

test('texts are Korean where the issue has Hangul', () => {
  expect(languageOf({ title: null, text: 'Please, 김 부장' })).toBe('ko');
  expect(languageOf({ title: '환불'.normalize('NFD'), text: 'x' })).toBe('ko');
  expect(languageOf({ title: 'Refunds', text: '日本語' })).toBe('en');
});
