import * as z from 'zod';
import { get, read, refusalWithDetail, send } from '../../support/api';
import { as } from '../../support/decided';
import { Person } from '../../support/decision-shapes';
import { AS_USER, USER } from '../../support/decisions';
import { strengthOf } from '../../support/organisation-rules';

/** docs/contracts/decisions.md#organisation-data-and-scope: the people, as clients read them. */

const list = async (query = '') => read(await get(`/api/persons/${query}`, { headers: AS_USER }), 200, z.array(Person));
const TEAMS: readonly (readonly [department: string, team: string, domains: readonly string[]])[] = [
  ['Engineering', 'Payments', ['payments']],
  ['Engineering', 'Infra', ['infra']],
  ['Engineering', 'Platform', ['infra', 'data']],
  ['Engineering', 'Mobile', ['growth']],
  ['Product', 'Core', ['growth']],
  ['Product', 'Growth', ['growth', 'data']],
  ['Security', 'AppSec', ['security']],
  ['Security', 'SecOps', ['security', 'infra']],
  ['Legal', 'Privacy', ['privacy']],
  ['Legal', 'Contracts', ['legal']],
  ['Finance', 'Pricing', ['pricing']],
  ['Finance', 'Budget', ['pricing', 'payments']],
  ['Sales', 'Brand', ['brand']],
  ['Sales', 'Accounts', ['customer_comms', 'pricing']],
  ['Operations', 'Support', ['customer_comms']],
  ['Operations', 'Logistics', ['infra']],
  ['HR', 'People', ['legal']],
  ['Data', 'Analytics', ['data', 'growth']],
  ['Data', 'Governance', ['data', 'privacy']],
];
const DOMAINS = [
  ...['privacy', 'security', 'legal', 'payments', 'pricing'],
  ...['data', 'infra', 'customer_comms', 'brand', 'growth'],
];
const TITLES: Readonly<Record<string, string>> = {
  ...{ Product: 'Product Manager', Engineering: 'Software Engineer', Security: 'Security Engineer' },
  ...{ Legal: 'Legal Counsel', Finance: 'Finance Analyst', Sales: 'Sales Manager' },
  ...{ Operations: 'Operations Manager', HR: 'HR Partner', Data: 'Data Scientist' },
};
const ROLES: Readonly<Record<string, string>> = { Product: 'PM', Finance: 'FINANCE' };

let people: z.output<typeof Person>[];
beforeAll(async () => {
  people = await list();
});

test('there are 1200 people, by name and then by id', () => {
  expect(people).toHaveLength(1200);
  expect(new Set(people.map(({ id }) => id)).size).toBe(1200);
  const sorted = people.toSorted((a, b) => (a.name === b.name ? compare(a.id, b.id) : compare(a.name, b.name)));
  expect(people.map(({ id }) => id)).toEqual(sorted.map(({ id }) => id));
});
const compare = (a: string, b: string) => (a < b ? -1 : 1);

test.each([
  ['STAFF', 840],
  ['TEAM_LEAD', 240],
  ['DIRECTOR', 110],
  ['VP', 9],
  ['CEO', 1],
])('%s is the level of %i', (level, number) => {
  expect(people.filter((person) => person.level === level)).toHaveLength(number);
});

test('each has the place, title, role and expertise that follow from the id', () => {
  const expected = [...ofTeams('staff', 840), ...ofTeams('lead', 240)];
  const found = people.filter(({ level }) => level === 'STAFF' || level === 'TEAM_LEAD');
  const byId = new Map(found.map((person) => [person.id, person]));
  expect(expected).toHaveLength(byId.size);
  for (const person of expected) expect(byId.get(person.id)).toMatchObject(person);
  for (const { level, role, org_path, department, team, title } of people) {
    if (level === 'STAFF' || level === 'TEAM_LEAD') continue;
    expect([role, team]).toEqual(['AH', null]);
    expect(org_path).toBe(level === 'CEO' ? '/' : `/${department}`);
    const titles: Record<string, string> = { DIRECTOR: `${department} Director`, VP: `VP, ${department}`, CEO: 'CEO' };
    expect(title).toBe(titles[level]);
  }
});

function ofTeams(kind: 'staff' | 'lead', count: number) {
  return Array.from({ length: count }, (_, at) => {
    const [department = '', team = '', domains = []] = TEAMS[at % 19] ?? [];
    const id = `person-${kind}-${at + 1}`;
    return {
      ...{ id, department, team, org_path: `/${department}/${team}`, role: ROLES[department] ?? 'ENGINEER' },
      title: kind === 'staff' ? TITLES[department] : `${department} Team Lead`,
      expertise: DOMAINS.filter((domain) => strengthOf(id, domain, domains.includes(domain)) >= 0.6).join(',') || null,
    };
  });
}

test('all have an address that reaches nobody', () => {
  for (const { email } of people) expect(email).toMatch(/^[^@\s]+@example\.com$/);
});

test.each(['ENGINEER', 'PM', 'FINANCE', 'AH'])('people are filtered by the role %s', async (role) => {
  const found = await list(`?role=${role}`);
  expect(found).toEqual(people.filter((person) => person.role === role));
  expect(found.length).toBeGreaterThan(0);
});

test.each(['CTO', 'pm', 'x'])('of an unknown role (%s) there is nobody', async (role) => {
  expect(await list(`?role=${role}`)).toEqual([]);
});

test('the console’s user is there', async () => {
  const me = read(await get('/api/persons/me', { headers: AS_USER }), 200, Person);
  expect(me.id).toBe(USER);
  expect(people).toContainEqual(me);
  expect(read(await get('/api/persons/me/', { headers: AS_USER }), 200, Person)).toEqual(me);
});

test('whom nobody knows is told so', async () => {
  for (const userId of ['user-123', 'me', 'person-staff-841'])
    refusalWithDetail(await get('/api/persons/me', { headers: as(userId) }), 404, 'PERSON_NOT_FOUND');
});

test('people are only read', async () => {
  for (const path of ['/api/persons/', '/api/persons/me']) {
    const answer = await send('POST', path, { headers: AS_USER, json: {} });
    refusalWithDetail(answer, 405, 'METHOD_NOT_ALLOWED');
    expect(answer.headers.get('allow')).toContain('GET');
  }
  for (const person of people.slice(0, 3))
    for (const kept of ['domain_strength', 'load', 'open_cards']) expect(person).not.toHaveProperty(kept);
});
