/** Takes the chunks of an HTTP/1.1 body apart (RFC 9112, section 7.1), however the network cuts them. */
export class ChunkedDecoder {
  #pending = Buffer.alloc(0);
  #ended = false;

  /** True after the last chunk: the body is whole. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The bytes of the body that are complete with this piece. */
  push(piece: Buffer): Buffer {
    this.#pending = Buffer.concat([this.#pending, piece]);
    const body: Buffer[] = [];
    while (!this.#ended) {
      const lineEnd = this.#pending.indexOf('\r\n');
      if (lineEnd < 0) break;
      const size = Number.parseInt(this.#pending.toString('latin1', 0, lineEnd), 16);
      if (Number.isNaN(size)) throw new Error('A chunk without a size');
      const start = lineEnd + 2;
      if (this.#pending.length < start + size + 2) break;
      body.push(this.#pending.subarray(start, start + size));
      this.#pending = this.#pending.subarray(start + size + 2);
      this.#ended = size === 0;
    }
    return Buffer.concat(body);
  }
}
