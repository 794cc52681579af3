import { experiencesBy } from '../../../../lambdas/decisions/compile/experiences';
import type { Embedder } from '../../../../lambdas/decisions/people/embedder';
import { localEmbedder } from '../../../../lambdas/decisions/people/local-embedder';
import { PersonStore, type DecidedExperience } from '../../../../lambdas/decisions/store/person-writes';
import { transact } from '../../../../lambdas/platform/dynamo/transact';
import { createTable, testDynamo } from '../../../support/aws';

/** What decisions have added, when the embedder changes (docs/contracts/decisions.md#routing-score). */

const db = testDynamo();
let people: PersonStore;
beforeAll(async () => {
  people = new PersonStore(db, await createTable(db));
});

/** Counts what it embeds. */
function other() {
  const texts: string[] = [];
  const embedder: Embedder = {
    name: 'titan',
    embed: async (all) => {
      texts.push(...all);
      return (await localEmbedder.embed(all)).map((vector) => vector.toReversed());
    },
  };
  return { embedder, texts };
}

const NOBODY_STOPS = new AbortController().signal;

async function decided(workspace: string, count: number): Promise<DecidedExperience[]> {
  const all: DecidedExperience[] = [];
  for (let at = 0; at < count; at += 1) {
    const summary = `Moved ledger ${at}`;
    const [vector = new Float32Array()] = await localEmbedder.embed([summary]);
    const one: DecidedExperience = {
      base: `b${String(at).padStart(3, '0')}`,
      personIds: ['person-lead-1', 'person-lead-2'],
      domains: ['payments'],
      summary,
      outcome: 'APPROVED',
      decidedAt: 1_000 + at,
      vector: [...vector],
      embedder: 'local',
    };
    await transact(db, [people.experienceWritten(workspace, one)]);
    all.push(one);
  }
  return all;
}

test('they are embedded anew by the new one, once for all', async () => {
  await decided('ws-a', 30);
  const first = other();
  const experiences = await experiencesBy(first.embedder, 'ws-a', people, NOBODY_STOPS);
  expect(experiences).toHaveLength(60);
  expect(first.texts).toHaveLength(30);
  expect(first.texts).toContain('Moved ledger 7 payments');
  const [ofText = new Float32Array()] = await localEmbedder.embed(['Moved ledger 7 payments']);
  const seventh = experiences.find(({ summary }) => summary === 'Moved ledger 7');
  expect(seventh?.vector).toEqual(ofText.toReversed());

  const second = other();
  expect(await experiencesBy(second.embedder, 'ws-a', people, NOBODY_STOPS)).toEqual(experiences);
  expect(second.texts).toEqual([]);
});

test('one that people have decided anew meanwhile keeps what they left', async () => {
  const [before] = await decided('ws-b', 1);
  if (!before) throw new Error('There is no experience.');
  const later: DecidedExperience = { ...before, outcome: 'REJECTED', decidedAt: 9_000 };
  await transact(db, [people.experienceWritten('ws-b', later)]);
  await people.experienceRenewed('ws-b', before, { ...before, vector: [1], embedder: 'titan' });
  expect(await people.decidedExperiences('ws-b')).toEqual([expect.objectContaining({ ...later })]);
});

test('an embedder that fails leaves what it has come to', async () => {
  await decided('ws-c', 60);
  const { embedder, texts } = other();
  const failing: Embedder = {
    ...embedder,
    embed: (all) => (texts.length >= 50 ? Promise.reject(new Error('throttled')) : embedder.embed(all)),
  };
  await expect(experiencesBy(failing, 'ws-c', people, NOBODY_STOPS)).rejects.toThrow('throttled');
  const again = other();
  await experiencesBy(again.embedder, 'ws-c', people, NOBODY_STOPS);
  expect(again.texts).toHaveLength(10);
});
