import {
  bytesAsText,
  bytesInReply,
  fitsReply,
  fittingReply,
  REPLY_BYTES,
  ReplyBudget,
  wireBody,
} from '../../../lambdas/platform/http/reply-bytes';

const control = '\u0001';

describe('what of a list one reply can carry', () => {
  const size = (entries: readonly unknown[]) => Buffer.byteLength(JSON.stringify(wireBody(json(entries)).body));
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));

  test.each<[string, string]>([
    ['plain text, which goes as text', 'x'],
    ['quotes, which go as Base64', '"'],
    ['control characters, which take seven bytes', control],
    ['characters of three bytes', '한'],
  ])('%s', (_what, character) => {
    const entries = Array.from({ length: 2_000 }, () => character.repeat(8_000));
    const fitting = fittingReply(entries);
    expect(fitting.length).toBeGreaterThan(0);
    expect(fitting.length).toBeLessThan(entries.length);
    expect(size(fitting)).toBeLessThanOrEqual(REPLY_BYTES * 1.001);
    expect(size(entries.slice(0, fitting.length + 2))).toBeGreaterThan(REPLY_BYTES * 0.999);
  });

  test('a short list is whole', () => {
    expect(fittingReply([1, 'two', { three: 3 }])).toEqual([1, 'two', { three: 3 }]);
    expect(fittingReply([])).toEqual([]);
  });

  test('room can be kept free for others', () => {
    const budget = new ReplyBudget();
    expect(budget.take('x'.repeat(1_000), REPLY_BYTES - 500)).toBe(false);
    expect(budget.take('x'.repeat(1_000), REPLY_BYTES - 2_000)).toBe(true);
  });
});

test('the size of a body is that of the shorter way to send it', () => {
  expect(bytesInReply('x'.repeat(300))).toBe(bytesAsText('x'.repeat(300)));
  expect(bytesInReply('"'.repeat(300))).toBeLessThan(bytesAsText('"'.repeat(300)));
});

test.each([control, '"', 'x', '\u00ff'])('bytes fit exactly where their wire form does: %j', (character) => {
  const bytes = Buffer.from(character.repeat(900));
  const wire = Buffer.byteLength(JSON.stringify(wireBody(bytes).body));
  expect(fitsReply(bytes, wire)).toBe(true);
  expect(fitsReply(bytes, wire - 1)).toBe(false);
});
