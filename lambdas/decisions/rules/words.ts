import type { IssueInput } from '../model';

/** What fires the safety check (docs/contracts/decisions.md#safety-check), in the order in which it is told. */
export const TRIGGERS = [
  'IRREVERSIBLE',
  'PERSONAL_DATA',
  'BUDGET_HIGH',
  'PAYMENT',
  'LEGAL',
  'SECURITY',
  'BUDGET_MID',
] as const;
export type Trigger = (typeof TRIGGERS)[number];
export type WordTrigger = Exclude<Trigger, 'BUDGET_HIGH' | 'BUDGET_MID'>;

/** The same text whatever case and composition it was typed in. */
export const normalised = (text: string): string => text.normalize('NFC').toLowerCase();

/** Title and text: what values are found in where no field gives them. */
export const described = ({ title, text }: Pick<IssueInput, 'title' | 'text'>): string =>
  normalised([title ?? '', text].join('\n'));

/** Latin words count at the start of a word, Hangul ones anywhere. */
const WORDS: Readonly<Record<WordTrigger, { readonly latin: readonly string[]; readonly hangul: readonly string[] }>> =
  {
    IRREVERSIBLE: {
      latin: ['irreversible', 'cannot be undone', 'no rollback', 'permanently delet'],
      hangul: ['되돌릴 수 없', '롤백 불가', '복구 불가', '영구 삭제'],
    },
    PERSONAL_DATA: {
      latin: ['personal data', 'personally identif', 'pii', 'gdpr'],
      hangul: ['개인정보', '민감정보', '위치정보', '주민등록'],
    },
    PAYMENT: { latin: ['payment', 'refund', 'billing', 'payout'], hangul: ['결제', '환불', '정산'] },
    LEGAL: {
      latin: ['legal', 'lawsuit', 'contract', 'complian', 'regulat'],
      hangul: ['법률', '법무', '소송', '계약', '규제'],
    },
    SECURITY: {
      latin: ['security', 'vulnerab', 'breach', 'credential', 'encrypt'],
      hangul: ['보안', '취약점', '유출', '해킹', '암호화'],
    },
  };

/** Words only, each with one way to match: the time is linear in the text. */
const PATTERNS = new Map(
  Object.entries(WORDS).map(([trigger, { latin, hangul }]) => [
    trigger,
    new RegExp(`(?<![a-z0-9])(?:${latin.join('|')})|${hangul.join('|')}`),
  ]),
);

/** @param text as `normalised` gives it */
export const says = (text: string, trigger: WordTrigger): boolean => PATTERNS.get(trigger)?.test(text) ?? false;

/** Language of all texts about an issue (docs/contracts/decisions.md#provider-port). */
export const languageOf = ({ title, text }: Pick<IssueInput, 'title' | 'text'>): 'ko' | 'en' =>
  /\p{Script=Hangul}/u.test(`${title ?? ''}${text}`) ? 'ko' : 'en';
