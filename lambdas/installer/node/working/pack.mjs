/** Packs files so that equal files give equal bytes. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, lstatSync, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

const BLOCK = 512;

/** Makes a tar.gz of the files, named as they are given. */
export async function pack(files, target) {
  await pipeline(entries(files), createGzip({ level: 6 }), createWriteStream(target));
  const hash = createHash('sha256');
  await pipeline(createReadStream(target), hash);
  return { sha256: hash.digest('hex'), packedBytes: statSync(target).size };
}

async function* entries(files) {
  for (const file of files) {
    const { size, mode } = lstatSync(file);
    if (Buffer.byteLength(file) > 100) yield longName(file);
    yield header(file, size, mode & 0o100 ? 0o755 : 0o644, '0');
    yield* createReadStream(file);
    yield padding(size);
  }
  yield Buffer.alloc(2 * BLOCK);
}

/** A name that does not fit into a header goes before it, as a record of its own. */
function longName(file) {
  const rest = ` path=${file}\n`;
  let length = Buffer.byteLength(rest) + 2;
  while (String(length).length + Buffer.byteLength(rest) !== length) length += 1;
  const record = Buffer.from(`${length}${rest}`);
  return Buffer.concat([header('long-name', record.length, 0o644, 'x'), record, padding(record.length)]);
}

const padding = (size) => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);

function header(name, size, mode, type) {
  const block = Buffer.alloc(BLOCK);
  const octal = (value, at, length) => block.write(value.toString(8).padStart(length - 1, '0'), at);
  block.write(Buffer.from(name).subarray(0, 100).toString('latin1'), 0, 'latin1');
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  block.write(' '.repeat(8), 148);
  block.write(type, 156);
  block.write('ustar\0' + '00', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
