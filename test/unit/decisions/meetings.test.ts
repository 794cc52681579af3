import { MeetingStore, type NewUtterance } from '../../../lambdas/decisions/store/meeting-store';
import { DECISION_LIMITS } from '../../../lambdas/decisions/limits';
import { createTable, testDynamo } from '../../support/aws';
import { newPlace } from './support';

const db = testDynamo();
let meetings: MeetingStore;
beforeAll(async () => {
  meetings = new MeetingStore(db, await createTable(db));
});

const utterance = (text: string): NewUtterance => ({
  turn: 1,
  speaker_id: null,
  speaker_name: 'Ha Min',
  speaker_role: 'PM',
  text,
  perspective: null,
});
const nothing = () => Promise.resolve([]);
type Place = ReturnType<typeof newPlace>;
const say = (place: Place, texts: readonly string[], more: { notes?: string; replaceExisting?: boolean } = {}) =>
  meetings.add(place, { utterances: texts.map(utterance), replaceExisting: false, ...more }, 5_000, nothing);
const heard = async (place: Place) =>
  (await meetings.read(place)).utterances.map(({ seq, source, text }) => `${seq} ${source} ${text}`);

test('what is said is numbered, notes replace notes, and replacing begins anew', async () => {
  const place = newPlace();
  expect(await meetings.read(place)).toEqual({ head: undefined, utterances: [] });
  await say(place, ['a', 'b'], { notes: 'first' });
  await say(place, ['c']);
  expect(await heard(place)).toEqual(['1 manual a', '2 manual b', '3 manual c']);
  expect(await meetings.said(place)).toEqual(['first', 'Ha Min: a', 'Ha Min: b', 'Ha Min: c']);
  await say(place, ['d'], { notes: 'second', replaceExisting: true });
  expect(await heard(place)).toEqual(['1 manual d']);
  expect((await meetings.head(place))?.notes).toBe('second');
});

test('many who speak at once are all heard, each under a number of its own', async () => {
  const place = newPlace();
  await Promise.all(['a', 'b', 'c', 'd', 'e'].map((text) => say(place, [text])));
  const { utterances } = await meetings.read(place);
  expect(utterances.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  expect(utterances.map(({ text }) => text).sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('another generated meeting takes the place of the one before, which may say no more; people stay', async () => {
  const place = newPlace();
  await say(place, ['a']);
  const generate = (generation: number, text: string, summary?: string) =>
    meetings.addGenerated(
      place,
      generation,
      { utterances: [utterance(text)], ...(summary !== undefined && { summary }) },
      6_000,
      nothing,
    );
  const first = await meetings.beginGeneration(place);
  expect(await generate(first, 'x', 'over')).toBe(true);
  expect(await heard(place)).toEqual(['1 manual a', '2 generated x']);
  expect((await meetings.head(place))?.summary).toBe('over');
  const second = await meetings.beginGeneration(place);
  expect(await heard(place)).toEqual(['1 manual a']);
  expect(await generate(first, 'late')).toBe(false);
  expect(await generate(second, 'y')).toBe(true);
  expect((await meetings.read(place)).utterances.map(({ text }) => text)).toEqual(['a', 'y']);
  expect((await meetings.head(place))?.summary).toBeNull();
});

test('as much as one answer holds, and no more', async () => {
  const place = newPlace();
  const { atOnce, chars, bytes } = DECISION_LIMITS.utterances;
  const longest = Array.from({ length: atOnce }, () => '가'.repeat(chars));
  const size = Buffer.byteLength(longest.join(''));
  for (let told = 0; told + 1.05 * size <= bytes; told += size) await say(place, longest);
  const { head, utterances } = await meetings.read(place);
  expect(head?.bytes).toBeLessThanOrEqual(bytes);
  await expect(say(place, longest)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  expect((await meetings.read(place)).utterances).toHaveLength(utterances.length);
});
