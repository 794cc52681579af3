import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Organisation, Person } from '../../../lambdas/decisions/model';
import { embedText } from '../../../lambdas/decisions/people/local-embedder';
import { readPeople } from '../../../lambdas/decisions/people/people-data';

export const PEOPLE_FILE = readFileSync(
  path.resolve(__dirname, '../../../lambdas/decisions/people/people.jsonl'),
  'utf8',
);

/** The checked-in people, embedded by `local`. */
export function organisation(): Organisation {
  const { experiences, ...data } = readPeople(PEOPLE_FILE);
  return { ...data, experiences: experiences.map((one) => ({ ...one, vector: embedText(one.summary) })) };
}

/** @throws Error if there is nobody of that id */
export function personOf({ people }: { readonly people: readonly Person[] }, id: string): Person {
  const person = people.find((one) => one.id === id);
  if (!person) throw new Error(`${id} is not there`);
  return person;
}
