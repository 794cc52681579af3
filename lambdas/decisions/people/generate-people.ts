import { halfUp } from '../rules/rounding';
import type { Collaboration, Level, Person } from '../model';
import { draw, drawOf } from './draw';
import { inventExperiences } from './invent-experiences';
import { inventNames, type Invented } from './invent-names';
import { byDomain, type PeopleData } from './people-data';
import { type Department, DEPARTMENTS, positionAt, TEAMS } from './structure';

interface Place {
  readonly id: string;
  readonly level: Level;
  readonly orgPath: string;
}

/** Everybody of the organisation: the same whenever it is called (docs/contracts/decisions.md#organisation-data-and-scope). */
export function generatePeople(): PeopleData {
  const places = allPlaces();
  const names = inventNames(places.map(({ id }) => id));
  const people = places.map((place) => personAt(place, names));
  return { people, collaborations: collaborationsOf(people), experiences: inventExperiences(people) };
}

function allPlaces(): readonly Place[] {
  const paths = TEAMS.map(({ path }) => path);
  const departments = DEPARTMENTS.map((name) => `/${name}`);
  return [
    ...places('staff', 'STAFF', 840, paths),
    ...places('lead', 'TEAM_LEAD', 240, paths),
    ...places('director', 'DIRECTOR', 110, departments),
    ...places('vp', 'VP', 9, departments),
    ...places('ceo', 'CEO', 1, ['/']),
  ];
}

const places = (word: string, level: Level, count: number, paths: readonly string[]): readonly Place[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `person-${word}-${index + 1}`,
    level,
    orgPath: paths[index % paths.length] ?? '/',
  }));

function personAt({ id, level, orgPath }: Place, names: ReadonlyMap<string, Invented>): Person {
  const known = TEAMS.find(({ path }) => path === orgPath);
  const { name, email } = names.get(id) ?? { name: id, email: null };
  return {
    id,
    name,
    email,
    ...positionAt(level, orgPath),
    domainStrength: byDomain((domain) => {
      const ofTeam = known?.domains.includes(domain) === true ? 0.6 : 0;
      return Math.floor(100 * (0.4 * draw(id, `dom:${domain}`) + ofTeam)) / 100;
    }),
    load: Math.floor(100 * draw(id, 'load')) / 100,
  };
}

const DRAWS = [1, 2, 3, 4, 5] as const;
/** The first draws of who is in a team are among the team. */
const TEAM_DRAWS = 3;

interface Group {
  readonly type: Collaboration['type'];
  readonly departments: readonly Department[];
}
const GROUPS: readonly Group[] = [
  { type: 'project', departments: ['Product', 'Engineering'] },
  { type: 'risk', departments: ['Security', 'Legal', 'Engineering', 'Data'] },
  { type: 'budget', departments: ['Sales', 'Legal', 'Finance'] },
];
const EVERYBODY: Group = { type: 'project', departments: DEPARTMENTS };

function collaborationsOf(people: readonly Person[]): readonly Collaboration[] {
  const order = new Map(people.map(({ id }, index) => [id, index]));
  const pools = poolsOf(people);
  const found = new Map<string, Collaboration>();
  for (const person of people)
    for (const k of DRAWS) {
      const { type, pool } = pools(person, k);
      const partner = drawOf(pool, person.id, `edge:${k}`);
      const [a, b] = before(person.id, partner.id, order);
      if (a === b || found.has(`${a}|${b}`)) continue;
      const weight = halfUp(0.7 * draw(person.id, `w30:${k}`) + 0.3 * draw(person.id, `w90:${k}`), 2);
      found.set(`${a}|${b}`, { a, b, type, weight });
    }
  return [...found.values()].sort((one, other) => (order.get(one.a) ?? 0) - (order.get(other.a) ?? 0));
}

function before(a: string, b: string, order: ReadonlyMap<string, number>): readonly [string, string] {
  return (order.get(a) ?? 0) <= (order.get(b) ?? 0) ? [a, b] : [b, a];
}

/** Whom somebody may work with at a draw. */
function poolsOf(people: readonly Person[]) {
  const teams = Map.groupBy(people, ({ orgPath }) => orgPath);
  const members = new Map(
    [...GROUPS, EVERYBODY].map((group) => [
      group,
      people.filter(({ department }) => group.departments.some((one) => one === department)),
    ]),
  );
  return ({ id, team, orgPath, department }: Person, k: number): { type: Group['type']; pool: readonly Person[] } => {
    if (k <= TEAM_DRAWS && team !== null) return { type: 'project', pool: teams.get(orgPath) ?? [] };
    const groups = GROUPS.filter(({ departments }) => departments.some((one) => one === department));
    const group = groups.length === 0 ? EVERYBODY : drawOf(groups, id, `grp:${k}`);
    return { type: group.type, pool: members.get(group) ?? [] };
  };
}
