import { DOMAINS, type Domain, type Experience, type Level, type Person } from '../model';
import { draw, drawOf } from './draw';
import type { Told } from './people-data';
import { SUBJECTS, VERBS } from './subjects';
import { TEAMS } from './structure';

/** How many experiences somebody has: at least so many, and up to so many more. */
const COUNTS: Readonly<Record<Level, readonly [number, number]>> = {
  STAFF: [0, 3],
  TEAM_LEAD: [2, 4],
  DIRECTOR: [3, 5],
  VP: [5, 6],
  CEO: [8, 0],
};
const DAY_MS = 86_400_000;
const FIRST_DAY = Date.UTC(2023, 0, 2) / DAY_MS;
const DAYS = 1270;
const OUTCOMES: readonly Experience['outcome'][] = [
  ...(['APPROVED', 'APPROVED', 'APPROVED', 'APPROVED', 'APPROVED', 'APPROVED'] as const),
  ...(['CONDITIONAL', 'CONDITIONAL', 'CONDITIONAL'] as const),
  'REJECTED',
];
/** Those that the contract's example of routing weights is counted from. */
const NAMED: Readonly<Record<string, Pick<Told, 'summary' | 'domains'>>> = {
  'person-lead-1-experience-1': { summary: 'Moved the voucher ledger', domains: ['payments'] },
  'person-lead-1-experience-2': { summary: '일별 매출 보고서 교체', domains: ['data'] },
};

/** Past decisions of everybody: mostly of their own domains, in English and in Korean. */
export const inventExperiences = (people: readonly Person[]): readonly Told[] =>
  people.flatMap((person) => Array.from({ length: countOf(person) }, (_, index) => experienceOf(person, index + 1)));

function countOf({ id, level }: Person): number {
  const [least, more] = COUNTS[level];
  return least + Math.floor(more * draw(id, 'exp'));
}

function experienceOf(person: Person, number: number): Told {
  const id = `${person.id}-experience-${number}`;
  const domains = NAMED[id]?.domains ?? domainsOf(person, id);
  return {
    id,
    personId: person.id,
    domains,
    summary: NAMED[id]?.summary ?? summaryOf(domains, id),
    outcome: drawOf(OUTCOMES, id, 'outcome'),
    decidedAt: (FIRST_DAY + Math.floor(DAYS * draw(id, 'day'))) * DAY_MS,
  };
}

const OWN_DOMAIN = 0.8;
const SECOND_DOMAIN = 0.3;

function domainsOf({ orgPath }: Person, id: string): readonly Domain[] {
  const own = TEAMS.filter(({ path }) => `${path}/`.startsWith(`${orgPath}/`)).flatMap(({ domains }) => domains);
  const first = own.length > 0 && draw(id, 'own') < OWN_DOMAIN ? drawOf(own, id, 'domain') : drawOf(DOMAINS, id, 'any');
  const second = draw(id, 'two') < SECOND_DOMAIN ? drawOf(DOMAINS, id, 'second') : first;
  return DOMAINS.filter((domain) => domain === first || domain === second);
}

function summaryOf(domains: readonly Domain[], id: string): string {
  const domain = drawOf(domains, id, 'subject of');
  if (draw(id, 'language') < 0.5)
    return `${drawOf(VERBS.en, id, 'verb')} the ${drawOf(SUBJECTS[domain].en, id, 'subject')}`;
  return `${drawOf(SUBJECTS[domain].ko, id, 'subject')} ${drawOf(VERBS.ko, id, 'verb')}`;
}
