/** Unpacks what the installer packed: files only, in the tar format, long names in pax headers. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';

const BLOCK = 512;

/** It is not a bundle, or one with something in it that the installer never makes. */
export class BadArchive extends Error {}

/**
 * @param source async iterable of buffers
 * @param maxBytes of all files together
 * @throws BadArchive
 */
export async function unpack(source, folder, maxBytes) {
  const reader = new Reader(source);
  const known = new Set();
  let left = maxBytes;
  let longName;
  for (;;) {
    const header = await reader.take(BLOCK);
    if (header.every((byte) => byte === 0)) break;
    const size = numberIn(header, 124, 12);
    const type = String.fromCharCode(header[156]);
    if (type === 'x') {
      longName = pathOf(await reader.take(padded(size)), size);
      continue;
    }
    if (type !== '0' && type !== '\0') throw new BadArchive('it holds something that is no file');
    left -= size;
    if (left < 0) throw new BadArchive('it is too large');
    const file = inside(folder, longName ?? nameIn(header));
    longName = undefined;
    makeFolder(path.dirname(file), known);
    await write(file, numberIn(header, 100, 8) & 0o100 ? 0o555 : 0o444, size, reader);
    await reader.take(padded(size) - size);
  }
  // To the end, for whoever hashes it.
  await reader.drain();
}

function makeFolder(folder, known) {
  if (known.has(folder)) return;
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  known.add(folder);
}

async function write(file, mode, size, reader) {
  const handle = openSync(file, 'wx', mode);
  try {
    for (let left = size; left > 0;) {
      const piece = await reader.some(left);
      for (let at = 0; at < piece.length;) at += writeSync(handle, piece, at);
      left -= piece.length;
    }
  } finally {
    closeSync(handle);
  }
}

function inside(folder, name) {
  const parts = name.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..'))
    throw new BadArchive('it holds a name that leads out of it');
  return path.join(folder, ...parts);
}

const padded = (size) => Math.ceil(size / BLOCK) * BLOCK;

function textIn(header, at, length) {
  const bytes = header.subarray(at, at + length);
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? length : end);
}

function numberIn(header, at, length) {
  const text = textIn(header, at, length).trim();
  if (!/^[0-7]{1,11}$/.test(text)) throw new BadArchive('it is damaged');
  return parseInt(text, 8);
}

function nameIn(header) {
  const prefix = textIn(header, 345, 155);
  const name = textIn(header, 0, 100);
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** From records like `30 path=a/long/name\n`. */
function pathOf(block, size) {
  const [, name] = /^\d+ path=([^\n]+)\n$/.exec(block.toString('utf8', 0, size)) ?? [];
  if (name === undefined) throw new BadArchive('it is damaged');
  return name;
}

/** Exact pieces of a stream. */
class Reader {
  #source;
  #rest = Buffer.alloc(0);

  constructor(source) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Exactly so many bytes. */
  async take(bytes) {
    const pieces = [];
    for (let left = bytes; left > 0;) {
      const piece = await this.some(left);
      pieces.push(piece);
      left -= piece.length;
    }
    return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
  }

  /** At least one byte, at most so many. */
  async some(most) {
    while (this.#rest.length === 0) {
      const { value, done } = await this.#source.next();
      if (done) throw new BadArchive('it ends early');
      this.#rest = value;
    }
    const piece = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(most);
    return piece;
  }

  async drain() {
    while (!(await this.#source.next()).done);
  }
}
