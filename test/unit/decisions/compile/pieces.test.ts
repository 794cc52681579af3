import { Pieces } from '../../../../lambdas/decisions/compile/pieces';

function said(all: readonly string[], last: string): { readonly sent: string[]; readonly end: string } {
  const sent: string[] = [];
  const pieces = new Pieces((content) => sent.push(content));
  for (const text of all) pieces.take(text);
  return { end: pieces.finish(last), sent };
}

test('pieces go on as they come, and the answer is the last one', () => {
  expect(said(['one ', '', 'two '], 'three')).toEqual({ sent: ['one ', 'two '], end: 'three' });
});

test('a text that comes as a whole is cut into halves, never within a character', () => {
  expect(said([], '🙂🙃')).toEqual({ sent: ['🙂'], end: '🙃' });
  expect(said([], 'x')).toEqual({ sent: [''], end: 'x' });
});

test('no piece is larger than an event holds, and nothing is lost', () => {
  const text = '🙂한'.repeat(20_000);
  const { sent, end } = said([text], text);
  expect([...sent, end].join('')).toBe(text + text);
  expect(Math.max(...[...sent, end].map((piece) => Buffer.byteLength(piece)))).toBeLessThanOrEqual(64 * 1024);
});
