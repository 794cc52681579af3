import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { generatePeople } from '../lambdas/decisions/people/generate-people';
import { writePeople } from '../lambdas/decisions/people/people-data';

/** Writes the organisation of the decisions API again: the same to the byte, unless its rules or names have changed. */
writeFileSync(
  resolve(__dirname, '..', 'lambdas', 'decisions', 'people', 'people.jsonl'),
  writePeople(generatePeople()),
);
