import { DIMENSIONS, type Embedder } from '../../../../lambdas/decisions/people/embedder';
import { localEmbedder } from '../../../../lambdas/decisions/people/local-embedder';
import { CHUNK_BYTES, packPeople, peopleVersion, unpackPeople } from '../../../../lambdas/decisions/people/pack-people';
import { readPeople } from '../../../../lambdas/decisions/people/people-data';
import { seeded } from '../../../support/random';
import { organisation, PEOPLE_FILE } from '../organisation';

test('what is packed is unpacked as it was', async () => {
  expect(unpackPeople(await packPeople(PEOPLE_FILE, localEmbedder))).toEqual(organisation());
});

describe('vectors that cannot be compressed', () => {
  const random = seeded(20261127, 'vectors');
  const dense: Embedder = {
    name: 'titan',
    embed: (texts) =>
      Promise.resolve(texts.map(() => Float32Array.from({ length: DIMENSIONS }, () => random.fraction() - 0.5))),
  };
  let chunks: readonly Uint8Array[];
  beforeAll(async () => {
    chunks = await packPeople(PEOPLE_FILE, dense);
  });

  test('are in several chunks, each of which fits into an item', () => {
    expect(chunks.length).toBeGreaterThan(4);
    for (const chunk of chunks) expect(chunk.byteLength).toBeLessThanOrEqual(CHUNK_BYTES);
    const { experiences } = unpackPeople(chunks);
    const again = seeded(20261127, 'vectors');
    expect(experiences[0]?.vector[0]).toBe(Math.fround(again.fraction() - 0.5));
  });

  test('chunks that are missing or in another order are no people', () => {
    expect(() => unpackPeople(chunks.slice(0, -1))).toThrow();
    expect(() => unpackPeople([...chunks].reverse())).toThrow();
    expect(() => unpackPeople([])).toThrow();
  });
});

test('another file and another embedder have other versions', () => {
  const versions = [
    peopleVersion(PEOPLE_FILE, 'local'),
    peopleVersion(PEOPLE_FILE, 'titan'),
    peopleVersion(`${PEOPLE_FILE} `, 'local'),
  ];
  expect(new Set(versions).size).toBe(3);
  expect(peopleVersion(PEOPLE_FILE, 'local')).toBe(versions[0]);
});

test('a line that is none is named', () => {
  expect(() => readPeople('["person-1"]\n')).toThrow(/^Line 1 of the people: /);
});
