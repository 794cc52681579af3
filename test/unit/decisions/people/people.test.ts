import { DOMAINS, LEVELS } from '../../../../lambdas/decisions/model';
import { draw } from '../../../../lambdas/decisions/people/draw';
import { generatePeople } from '../../../../lambdas/decisions/people/generate-people';
import { readPeople, writePeople } from '../../../../lambdas/decisions/people/people-data';
import { ownerPath, stepsBetween, TEAMS } from '../../../../lambdas/decisions/people/structure';
import { PEOPLE_FILE, personOf } from '../organisation';

const data = readPeople(PEOPLE_FILE);
const { people, collaborations, experiences } = data;

test('the file is what the generator makes, to the byte', () => {
  expect(writePeople(generatePeople()) === PEOPLE_FILE).toBe(true);
});

test('the file is read as it was written', () => {
  expect(data).toEqual(generatePeople());
});

test('the first lead is as the contract counts them', () => {
  expect(draw('person-lead-1', 'load')).toBeCloseTo(0.23096849, 8);
  expect(personOf(data, 'person-lead-1')).toMatchObject({
    name: 'Oh Nari',
    level: 'TEAM_LEAD',
    title: 'Engineering Team Lead',
    role: 'ENGINEER',
    team: 'Payments',
    department: 'Engineering',
    orgPath: '/Engineering/Payments',
    load: 0.23,
    domainStrength: { payments: 0.73, data: 0.27 },
  });
});

test('there are 1200 people, in order, each with an address of their own', () => {
  expect(people).toHaveLength(1200);
  expect(LEVELS.map((level) => people.filter((one) => one.level === level).length)).toEqual([840, 240, 110, 9, 1]);
  expect(people.map(({ level }) => LEVELS.indexOf(level))).toEqual(
    people.map(({ level }) => LEVELS.indexOf(level)).sort((a, b) => a - b),
  );
  expect(new Set(people.map(({ id }) => id)).size).toBe(1200);
  expect(new Set(people.map(({ email }) => email)).size).toBe(1200);
  for (const { name, email } of people) {
    expect(name).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
    expect(email).toMatch(/^[a-z]+\.[a-z]+\d*@example\.com$/);
  }
});

test.each([
  ['person-staff-88', '/Finance/Budget', 'Finance Analyst', 'FINANCE'],
  ['person-staff-720', '/HR/People', 'HR Partner', 'ENGINEER'],
  ['person-staff-5', '/Product/Core', 'Product Manager', 'PM'],
  ['person-lead-7', '/Security/AppSec', 'Security Team Lead', 'ENGINEER'],
  ['person-lead-11', '/Finance/Pricing', 'Finance Team Lead', 'FINANCE'],
  ['person-director-2', '/Engineering', 'Engineering Director', 'AH'],
  ['person-vp-9', '/Data', 'VP, Data', 'AH'],
  ['person-ceo-1', '/', 'CEO', 'AH'],
])('%s is at %s as %s', (id, orgPath, title, role) => {
  expect(personOf(data, id)).toMatchObject({ orgPath, title, role });
});

test('loads and strengths are shares, and strong is who is in a team of the domain', () => {
  for (const { load, domainStrength, orgPath } of people) {
    expect(load).toBeGreaterThanOrEqual(0);
    expect(load).toBeLessThan(1);
    const own = TEAMS.find(({ path }) => path === orgPath)?.domains ?? [];
    for (const domain of DOMAINS) {
      expect(domainStrength[domain]).toBeGreaterThanOrEqual(own.includes(domain) ? 0.6 : 0);
      expect(domainStrength[domain]).toBeLessThan(own.includes(domain) ? 1 : 0.4);
    }
  }
});

test('people work together in pairs, each once, of types that fit their departments', () => {
  const order = new Map(people.map(({ id }, index) => [id, index]));
  const pairs = new Set(collaborations.map(({ a, b }) => `${a}|${b}`));
  expect(pairs.size).toBe(collaborations.length);
  expect((2 * collaborations.length) / people.length).toBeCloseTo(9.6, 0);
  const departments = {
    risk: ['Security', 'Legal', 'Engineering', 'Data'],
    budget: ['Sales', 'Legal', 'Finance'],
  };
  for (const { a, b, type, weight } of collaborations) {
    expect(order.get(a) ?? -1).toBeLessThan(order.get(b) ?? -1);
    expect(weight).toBeGreaterThanOrEqual(0);
    expect(weight).toBeLessThanOrEqual(1);
    if (type !== 'project') for (const id of [a, b]) expect(departments[type]).toContain(personOf(data, id).department);
  }
});

test('experiences are as many as the level has, and told in both languages', () => {
  const counts = Map.groupBy(experiences, ({ personId }) => personId);
  const bounds = { STAFF: [0, 2], TEAM_LEAD: [2, 5], DIRECTOR: [3, 7], VP: [5, 10], CEO: [8, 8] } as const;
  for (const { id, level } of people) {
    const [least, most] = bounds[level];
    expect(counts.get(id)?.length ?? 0).toBeGreaterThanOrEqual(least);
    expect(counts.get(id)?.length ?? 0).toBeLessThanOrEqual(most);
  }
  expect(new Set(experiences.map(({ id }) => id)).size).toBe(experiences.length);
  const korean = experiences.filter(({ summary }) => /\p{Script=Hangul}/u.test(summary)).length;
  expect(korean / experiences.length).toBeCloseTo(0.5, 1);
  for (const { domains } of experiences) expect(domains.length).toBeGreaterThan(0);
});

test('each domain has an owner team that has it', () => {
  for (const domain of DOMAINS) expect(TEAMS.find(({ path }) => path === ownerPath(domain))?.domains).toContain(domain);
  expect(ownerPath(undefined)).toBe('/Product/Core');
});

test.each([
  ['/Engineering/Payments', '/Engineering/Payments', 0],
  ['/Engineering', '/Engineering/Payments', 1],
  ['/Engineering/Infra', '/Engineering/Payments', 2],
  ['/', '/Engineering/Payments', 2],
  ['/Legal', '/Engineering/Payments', 3],
  ['/Legal/Privacy', '/Engineering/Payments', 4],
])('from %s to %s it is %s steps', (a, b, steps) => {
  expect(stepsBetween(a, b)).toBe(steps);
  expect(stepsBetween(b, a)).toBe(steps);
});
