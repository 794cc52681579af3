import { type Domain, type Level, LEVELS, type Person } from '../model';

/** Teams, levels and titles of the organisation (docs/contracts/decisions.md#organisation-data-and-scope). */

export const DEPARTMENTS = [
  'Product',
  'Engineering',
  'Security',
  'Legal',
  'Finance',
  'Sales',
  'Operations',
  'HR',
  'Data',
] as const;
export type Department = (typeof DEPARTMENTS)[number];

export interface Team {
  readonly name: string;
  readonly department: Department;
  readonly path: string;
  readonly domains: readonly Domain[];
}

const team = (department: Department, name: string, ...domains: readonly Domain[]): Team => ({
  name,
  department,
  path: `/${department}/${name}`,
  domains,
});

export const TEAMS: readonly Team[] = [
  team('Engineering', 'Payments', 'payments'),
  team('Engineering', 'Infra', 'infra'),
  team('Engineering', 'Platform', 'infra', 'data'),
  team('Engineering', 'Mobile', 'growth'),
  team('Product', 'Core', 'growth'),
  team('Product', 'Growth', 'growth', 'data'),
  team('Security', 'AppSec', 'security'),
  team('Security', 'SecOps', 'security', 'infra'),
  team('Legal', 'Privacy', 'privacy'),
  team('Legal', 'Contracts', 'legal'),
  team('Finance', 'Pricing', 'pricing'),
  team('Finance', 'Budget', 'pricing', 'payments'),
  team('Sales', 'Brand', 'brand'),
  team('Sales', 'Accounts', 'customer_comms', 'pricing'),
  team('Operations', 'Support', 'customer_comms'),
  team('Operations', 'Logistics', 'infra'),
  team('HR', 'People', 'legal'),
  team('Data', 'Analytics', 'data', 'growth'),
  team('Data', 'Governance', 'data', 'privacy'),
];

const OWNER_PATHS: Readonly<Record<Domain, string>> = {
  privacy: '/Legal/Privacy',
  security: '/Security/AppSec',
  legal: '/Legal/Contracts',
  payments: '/Engineering/Payments',
  pricing: '/Finance/Pricing',
  data: '/Data/Analytics',
  infra: '/Engineering/Infra',
  customer_comms: '/Operations/Support',
  brand: '/Sales/Brand',
  growth: '/Product/Growth',
};
const PATH_WITHOUT_DOMAIN = '/Product/Core';

/** Where the owners of a domain are. */
export const ownerPath = (domain: Domain | undefined): string =>
  domain === undefined ? PATH_WITHOUT_DOMAIN : OWNER_PATHS[domain];

/** Owner paths of all domains of an issue, that of the primary domain first. */
export const ownerPaths = (domains: readonly Domain[]): readonly string[] =>
  domains.length === 0 ? [PATH_WITHOUT_DOMAIN] : domains.map(ownerPath);

/** `/Engineering/Payments` has the segments Engineering and Payments, `/` has none. */
export const segmentsOf = (path: string): readonly string[] => path.split('/').filter((segment) => segment !== '');

/** Steps from one place to another by what they have in common. */
export function stepsBetween(a: string, b: string): number {
  const [from, to] = [segmentsOf(a), segmentsOf(b)];
  const common = from.findIndex((segment, index) => segment !== to[index]);
  const shared = common === -1 ? from.length : common;
  return from.length + to.length - 2 * shared;
}

export const rankOf = (level: Level): number => LEVELS.indexOf(level);

const STAFF_TITLES: Readonly<Record<Department, string>> = {
  Product: 'Product Manager',
  Engineering: 'Software Engineer',
  Security: 'Security Engineer',
  Legal: 'Legal Counsel',
  Finance: 'Finance Analyst',
  Sales: 'Sales Manager',
  Operations: 'Operations Manager',
  HR: 'HR Partner',
  Data: 'Data Scientist',
};

export const departmentNamed = (name: string | undefined): Department | undefined =>
  DEPARTMENTS.find((department) => department === name);

export function titleOf(level: Level, department: Department | undefined): string {
  if (department === undefined || level === 'CEO') return 'CEO';
  if (level === 'STAFF') return STAFF_TITLES[department];
  if (level === 'TEAM_LEAD') return `${department} Team Lead`;
  return level === 'DIRECTOR' ? `${department} Director` : `VP, ${department}`;
}

export function roleOf(level: Level, department: Department | undefined): Person['role'] {
  if (rankOf(level) >= rankOf('DIRECTOR')) return 'AH';
  if (department === 'Product') return 'PM';
  return department === 'Finance' ? 'FINANCE' : 'ENGINEER';
}

/** What follows from a level and a place. */
export function positionAt(
  level: Level,
  orgPath: string,
): Pick<Person, 'level' | 'orgPath' | 'department' | 'team' | 'role' | 'title'> {
  const [department, team] = segmentsOf(orgPath);
  const known = departmentNamed(department);
  return {
    role: roleOf(level, known),
    team: team ?? null,
    department: department ?? null,
    level,
    title: titleOf(level, known),
    orgPath,
  };
}
