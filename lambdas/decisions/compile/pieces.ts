/** Code points of one piece at most: an event holds 64 KB. */
const MOST = 8_000;

/**
 * A text on its way, in pieces as the provider says them; there are two at least (docs/contracts/decisions.md#events). What
 * comes last, the provider says as its answer.
 */
export class Pieces {
  readonly #send: (content: string) => void;
  #isBegun = false;

  constructor(send: (content: string) => void) {
    this.#send = send;
  }

  take(text: string): void {
    for (const piece of cut(text)) this.#pass(piece);
  }

  /** @returns the last piece */
  finish(last: string): string {
    const pieces = cut(last);
    for (const piece of pieces.slice(0, -1)) this.#pass(piece);
    const end = pieces.at(-1) ?? '';
    if (this.#isBegun) return end;
    const points = Array.from(end);
    const half = Math.floor(points.length / 2);
    this.#pass(points.slice(0, half).join(''));
    return points.slice(half).join('');
  }

  #pass(content: string): void {
    this.#isBegun = true;
    this.#send(content);
  }
}

function cut(text: string): string[] {
  if (text.length <= MOST) return text === '' ? [] : [text];
  const points = Array.from(text);
  return Array.from({ length: Math.ceil(points.length / MOST) }, (_, at) =>
    points.slice(at * MOST, (at + 1) * MOST).join(''),
  );
}
