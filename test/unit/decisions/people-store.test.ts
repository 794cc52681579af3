import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DeleteCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { peopleChunksPartition, peopleKey } from '../../../lambdas/decisions/keys';
import { localEmbedder } from '../../../lambdas/decisions/people/local-embedder';
import { peopleVersion } from '../../../lambdas/decisions/people/pack-people';
import { PeopleStore } from '../../../lambdas/decisions/store/people-store';
import type { Embedder } from '../../../lambdas/decisions/people/embedder';
import { keptEmbedder } from '../../../lambdas/decisions/store/kept-vectors';
import { createTable, testDynamo } from '../../support/aws';
import { testClock } from '../../support/clock';

const FILE = readFileSync(path.resolve(__dirname, '../../../lambdas/decisions/people/people.jsonl'), 'utf8');
const db = testDynamo();

/** Counts how often everybody is embedded. */
function counted() {
  let times = 0;
  const embedder: Embedder = {
    name: 'local',
    embed: (texts) => {
      times += 1;
      return localEmbedder.embed(texts);
    },
  };
  return { embedder: () => embedder, times: () => times };
}

test('whoever comes first loads the people, and all others find them there', async () => {
  const table = await createTable(db);
  const first = counted();
  const store = new PeopleStore(db, table, FILE, first.embedder);
  const everybody = await store.organisation('local');
  expect(everybody.people).toHaveLength(1200);
  expect(everybody.byId.get('person-staff-720')?.level).toBe('STAFF');
  expect(await store.organisation('local')).toBe(everybody);
  expect(first.times()).toBe(1);

  const second = counted();
  const again = await new PeopleStore(db, table, FILE, second.embedder).organisation('local');
  expect(second.times()).toBe(0);
  expect(again.people).toEqual(everybody.people);
  expect([...again.experiences.values()].flat()[0]?.vector).toEqual(
    [...everybody.experiences.values()].flat()[0]?.vector,
  );
});

test('a chunk that is missing and a head of another version are loaded anew', async () => {
  const table = await createTable(db);
  await new PeopleStore(db, table, FILE, counted().embedder).organisation('local');
  const { Items = [] } = await db.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': peopleChunksPartition(peopleVersion(FILE, 'local')) },
    }),
  );
  expect(Items.length).toBeGreaterThan(0);
  const [chunk] = Items;
  for (const lost of [{ pk: chunk?.['pk'] as string, sk: chunk?.['sk'] as string }, peopleKey('local')]) {
    await db.send(new DeleteCommand({ TableName: table, Key: lost }));
    const loader = counted();
    const { people } = await new PeopleStore(db, table, FILE, loader.embedder).organisation('local');
    expect(people).toHaveLength(1200);
    expect(loader.times()).toBe(1);
  }
});

describe('with an embedder that is a model', () => {
  const clock = testClock();
  /** Fails at the call of that number, as one that is throttled does. */
  function model(failsAt = Number.POSITIVE_INFINITY) {
    const calls: number[] = [];
    const embedder: Embedder = {
      name: 'titan',
      embed: async (texts) => {
        calls.push(texts.length);
        if (calls.length === failsAt) throw new Error('throttled');
        return (await localEmbedder.embed(texts)).map((vector) => vector.toReversed());
      },
    };
    return { embedder, calls };
  }
  const storeOver = (table: string, embedder: Embedder) =>
    new PeopleStore(db, table, FILE, () => keptEmbedder(embedder, db, table, clock));

  test('whoever comes after one that was interrupted goes on', async () => {
    const table = await createTable(db);
    const first = model(4);
    const store = storeOver(table, first.embedder);
    await expect(store.organisation('titan')).rejects.toThrow('throttled');
    const second = model();
    const everybody = await storeOver(table, second.embedder).organisation('titan');
    const embedded = [...first.calls.slice(0, 3), ...second.calls].reduce((sum, count) => sum + count, 0);
    expect(embedded).toBe([...everybody.experiences.values()].flat().length);
    const again = await store.organisation('titan');
    expect(first.calls).toHaveLength(4);
    expect([...again.experiences.values()]).toEqual([...everybody.experiences.values()]);
  });

  test('everybody is there once for each embedder, and vectors stay apart', async () => {
    const table = await createTable(db);
    const local = await new PeopleStore(db, table, FILE, () => localEmbedder).organisation('local');
    const titan = await storeOver(table, model().embedder).organisation('titan');
    const [ofLocal, ofTitan] = [local, titan].map(({ experiences }) => [...experiences.values()].flat()[0]?.vector);
    expect(ofTitan).toEqual(ofLocal?.toReversed());
    const localAgain = await new PeopleStore(db, table, FILE, () => localEmbedder).organisation('local');
    expect([...localAgain.experiences.values()].flat()[0]?.vector).toEqual(ofLocal);
  });

  test('one embedder is not taken for another', async () => {
    const store = new PeopleStore(db, await createTable(db), FILE, () => localEmbedder);
    await expect(store.organisation('titan')).rejects.toThrow('Vectors of local are none of titan');
  });
});
