import * as z from 'zod';
import { DOMAINS, LEVELS, type Collaboration, type Domain, type Experience, type Person } from '../model';
import { positionAt } from './structure';

/** Everybody, as the checked-in file has them: experiences without what an embedder makes of them. */
export interface PeopleData {
  readonly people: readonly Person[];
  readonly collaborations: readonly Collaboration[];
  readonly experiences: readonly Told[];
}
/** An experience that nobody has embedded. */
export type Told = Omit<Experience, 'vector'>;

const TYPES = ['project', 'risk', 'budget'] as const;
const OUTCOMES = ['APPROVED', 'REJECTED', 'CONDITIONAL'] as const;
const DAY_MS = 86_400_000;

const share = z.int().min(0).max(100);
/** A person's line. What has a decimal point is in hundredths; dates are days since 1970; partners are numbers of lines. */
const Row = z.tuple([
  z.string(),
  z.string(),
  z.string().nullable(),
  z.enum(LEVELS),
  z.string(),
  share,
  z.array(share).length(DOMAINS.length),
  z.array(z.tuple([z.int(), z.int(), share])),
  z.array(z.tuple([z.string(), z.array(z.enum(DOMAINS)), z.enum(OUTCOMES), z.int()])),
]);
type Row = z.output<typeof Row>;

/** @returns the file: a line of JSON for each person, in the people's order */
export function writePeople({ people, collaborations, experiences }: PeopleData): string {
  const lines = new Map(people.map(({ id }, line) => [id, line]));
  const lineOf = (id: string): number => lines.get(id) ?? -1;
  const edges = Map.groupBy(collaborations, ({ a }) => a);
  const told = Map.groupBy(experiences, ({ personId }) => personId);
  return people
    .map((person): Row => [
      person.id,
      person.name,
      person.email,
      person.level,
      person.orgPath,
      hundredths(person.load),
      DOMAINS.map((domain) => hundredths(person.domainStrength[domain])),
      (edges.get(person.id) ?? []).map(({ b, type, weight }) => [lineOf(b), TYPES.indexOf(type), hundredths(weight)]),
      (told.get(person.id) ?? []).map((one) => [one.summary, [...one.domains], one.outcome, one.decidedAt / DAY_MS]),
    ])
    .map((row) => `${JSON.stringify(row)}\n`)
    .join('');
}

/** @throws Error naming the line that is not as `writePeople` writes them */
export function readPeople(text: string): PeopleData {
  const rows = text
    .split('\n')
    .filter((line) => line !== '')
    .map(readRow);
  const ids = rows.map(([id]) => id);
  return {
    people: rows.map(personOf),
    collaborations: rows.flatMap(([id, , , , , , , edges]) => edges.map((edge) => collaborationOf(id, edge, ids))),
    experiences: rows.flatMap(([id, , , , , , , , told]) => told.map((one, index) => experienceOf(id, one, index))),
  };
}

function readRow(line: string, index: number): Row {
  const row = Row.safeParse(JSON.parse(line));
  if (!row.success) throw new Error(`Line ${index + 1} of the people: ${z.prettifyError(row.error)}`);
  return row.data;
}

function personOf([id, name, email, level, orgPath, load, strengths]: Row): Person {
  return {
    id,
    name,
    email,
    ...positionAt(level, orgPath),
    domainStrength: byDomain((_, index) => (strengths[index] ?? 0) / 100),
    load: load / 100,
  };
}

function collaborationOf(a: string, [line, type, weight]: Row[7][number], ids: readonly string[]): Collaboration {
  const b = ids[line];
  if (b === undefined) throw new Error(`${a} works with line ${line}, which is not there`);
  return { a, b, type: TYPES[type] ?? 'project', weight: weight / 100 };
}

const experienceOf = (personId: string, [summary, domains, outcome, day]: Row[8][number], index: number): Told => ({
  id: `${personId}-experience-${index + 1}`,
  personId,
  domains,
  summary,
  outcome,
  decidedAt: day * DAY_MS,
});

const hundredths = (value: number): number => Math.round(value * 100);

/** A value for each domain. */
export function byDomain(of: (domain: Domain, index: number) => number): Record<Domain, number> {
  const value = (domain: Domain): number => of(domain, DOMAINS.indexOf(domain));
  return {
    privacy: value('privacy'),
    security: value('security'),
    legal: value('legal'),
    payments: value('payments'),
    pricing: value('pricing'),
    data: value('data'),
    infra: value('infra'),
    customer_comms: value('customer_comms'),
    brand: value('brand'),
    growth: value('growth'),
  };
}
