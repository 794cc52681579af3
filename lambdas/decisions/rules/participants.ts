import type { Domain, Person } from '../model';
import type { Facts } from '../providers/provider';
import { ownerPath } from '../people/structure';
import { bestFirst } from './organisation-index';
import type { Scored } from './score';
import type { Trigger } from './words';

export interface Participant {
  readonly person: Person;
  /** Why they are asked. */
  readonly perspective: string;
}

interface Asked {
  readonly facts: Pick<Facts, 'domains' | 'budgetImpact'>;
  readonly triggers: readonly Trigger[];
  readonly submitterId: string;
  readonly language: 'ko' | 'en';
}

const PARTICIPANTS = 5;

/** Departments that have to be heard, and when. */
const HEARD: readonly { readonly department: string; readonly when: (asked: Asked) => boolean }[] = [
  { department: 'Security', when: fires('SECURITY', 'PERSONAL_DATA') },
  { department: 'Legal', when: fires('LEGAL', 'PERSONAL_DATA') },
  {
    department: 'Finance',
    when: (asked) => fires('PAYMENT')(asked) || ['MID', 'HIGH'].includes(asked.facts.budgetImpact),
  },
];

function fires(...any: readonly Trigger[]): (asked: Asked) => boolean {
  return ({ triggers }) => any.some((trigger) => triggers.includes(trigger));
}

/**
 * Five people who judge an issue together: the best, who speaks for departments that have to be heard, then the next best
 * of the core. Nobody twice, never the submitter.
 */
export function chooseParticipants(
  asked: Asked,
  core: readonly Scored[],
  scored: ReadonlyMap<string, Scored>,
): readonly Participant[] {
  const everybody = bestFirst(
    scored.values(),
    ({ score }) => score,
    ({ person }) => person.id,
  );
  const chosen = new Map<string, Participant>();
  const ask = (among: readonly Scored[], why: (person: Person) => string): void => {
    const found = among.find(({ person }) => person.id !== asked.submitterId && !chosen.has(person.id))?.person;
    if (found) chosen.set(found.id, { person: found, perspective: why(found) });
  };
  ask(core, placeOf);
  for (const { department } of HEARD.filter(({ when }) => when(asked)))
    ask(
      everybody.filter(({ person }) => person.department === department),
      () => TEXTS[asked.language].department(department),
    );
  // A small organisation may have a smaller core.
  for (const among of [core, everybody]) while (chosen.size < PARTICIPANTS && isLeft(among)) ask(among, placeOf);
  return [...chosen.values()];

  function isLeft(among: readonly Scored[]): boolean {
    return among.some(({ person }) => person.id !== asked.submitterId && !chosen.has(person.id));
  }
  function placeOf({ orgPath, team, department, title }: Person): string {
    const texts = TEXTS[asked.language];
    const domain = asked.facts.domains.find((one) => ownerPath(one) === orgPath);
    if (domain !== undefined) return texts.owner(domain);
    if (team !== null) return texts.team(team);
    return department === null ? title : texts.department(department);
  }
}

/** What the group is told of itself. */
export function meetingSummary(participants: readonly Participant[], language: 'ko' | 'en'): string {
  const names = participants.map(({ person }) => person.name).join(', ');
  return TEXTS[language].summary(participants.length, names);
}

interface Texts {
  readonly summary: (count: number, names: string) => string;
  readonly owner: (domain: Domain) => string;
  readonly team: (team: string) => string;
  readonly department: (department: string) => string;
}

const TEXTS: Readonly<Record<'ko' | 'en', Texts>> = {
  en: {
    summary: (count, names) => `${count} people judge this: ${names}`,
    owner: (domain) => `owner team of ${domain}`,
    team: (team) => `team ${team}`,
    department: (department) => `department ${department}`,
  },
  ko: {
    summary: (count, names) => `${count}명이 함께 판단합니다: ${names}`,
    owner: (domain) => `${domain} 담당 팀`,
    team: (team) => `${team} 팀`,
    department: (department) => `${department} 부서`,
  },
};
