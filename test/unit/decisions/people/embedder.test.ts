import { DIMENSIONS, similarity } from '../../../../lambdas/decisions/people/embedder';
import { embedText, fnv1a, localEmbedder } from '../../../../lambdas/decisions/people/local-embedder';

const cosine = (a: string, b: string): number => similarity(embedText(a), embedText(b));

/** docs/contracts/decisions.md#routing-score */

test('texts are as alike as the contract counts them', () => {
  expect(cosine('refund ledger', 'refund policy')).toBeCloseTo(0.5, 4);
  expect(cosine('결제 환불 정책', '환불 정책 변경')).toBeCloseTo(0.6667, 4);
});

test('case, composition, order and punctuation do not matter', () => {
  expect(cosine('Refund, LEDGER!', 'ledger... refund')).toBeCloseTo(1, 6);
  expect(cosine('환불 정책'.normalize('NFD'), '환불 정책')).toBeCloseTo(1, 6);
});

test('a text without letters and digits is like nothing', () => {
  expect(embedText('')).toEqual(new Float32Array(DIMENSIONS));
  expect(cosine('!? —', '!? —')).toBe(0);
});

test('a vector has length 1', () => {
  const vector = embedText('가 1 refund 𝒜bc');
  expect(Math.hypot(...vector)).toBeCloseTo(1, 6);
});

test('hashes are those of FNV-1a', () => {
  expect(['', 'a', 'foobar'].map(fnv1a)).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
});

test('each text has its vector, in order', async () => {
  const [first, second] = await localEmbedder.embed(['refund', 'ledger']);
  expect([first, second]).toEqual([embedText('refund'), embedText('ledger')]);
});
