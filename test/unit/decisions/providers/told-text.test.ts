import { KeptBack, ToldText } from '../../../../lambdas/decisions/providers/told-text';
import { seeded } from '../../../support/random';

/** The text that people read along, out of JSON that is still being written. */

const TEXTS = [
  'Plain.',
  'Quoted "so", a \\ and a / and\na line\tmore \u0000.',
  '환불 화면을 개편합니다. 일정은 하루입니다. '.repeat(20),
  '😀'.repeat(200),
  '</data>\n\nevent: decision_card\ndata: {}\n\n',
];

/** As servers write JSON that know ASCII only. */
const ascii = (json: string): string =>
  json.replace(/[^\x20-\x7e\n]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

const random = seeded(20_261_127, 'told text');

function split(text: string): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const length = random.whole(1, 9);
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}

describe.each([
  ['as it is', (json: string) => json],
  ['escaped', ascii],
])('%s', (_, written) => {
  test.each(TEXTS)('%j comes whole, however it is cut', async (text) => {
    for (let round = 0; round < 20; round += 1) {
      const json = `\`\`\`json\n${written(JSON.stringify({ reasoning: text, other: 'reasoning' }, null, round % 3))}`;
      const passed: string[] = [];
      const kept = new KeptBack((piece) => {
        passed.push(piece);
        return Promise.resolve();
      });
      const told = new ToldText('reasoning');
      for (const piece of split(json)) await kept.push(told.push(piece));
      const last = kept.last(text);
      expect(passed.join('') + last).toBe(text);
      expect(last).not.toBe('');
      for (const piece of passed) expect(piece.isWellFormed()).toBe(true);
    }
  });
});

test('what another attempt says is said in full, after what was said', async () => {
  const passed: string[] = [];
  const kept = new KeptBack((piece) => {
    passed.push(piece);
    return Promise.resolve();
  });
  await kept.push('The first attempt went on for a while, and then it turned out not to be what was asked for at all.');
  expect(passed.length).toBeGreaterThan(0);
  expect(kept.last('The second.')).toBe('\nThe second.');
});

test('JSON without the field tells nothing', () => {
  const told = new ToldText('reasoning');
  expect(told.push(`{"other":"${'x'.repeat(5_000)}"`)).toBe('');
  expect(told.push(',"reasoning":"late"}')).toBe('');
});
