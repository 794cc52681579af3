import { gunzipSync } from 'node:zlib';
import type { SourceFiles } from '../request/archive';

const BLOCK = 512;
/** What Lambda takes unpacked, and some. */
const UNPACKED_BYTES = 300 * 1024 * 1024;

/** Files of a tar.gz that an installer of ours made: plain files and folders, long names by PAX or GNU headers. */
export function untarGz(packed: Buffer): SourceFiles {
  const tar = gunzipSync(packed, { maxOutputLength: UNPACKED_BYTES });
  const files = new Map<string, Buffer>();
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= tar.length;) {
    const header = tar.subarray(at, at + BLOCK);
    if (header[0] === 0) break;
    const size = parseInt(text(header, 124, 12).trim(), 8);
    const content = tar.subarray(at + BLOCK, at + BLOCK + size);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const type = String.fromCharCode(header[156] ?? 0);
    if (type === 'x') longName = /(?:^|\n)\d+ path=([^\n]*)\n/.exec(content.toString('utf8'))?.[1] ?? longName;
    else if (type === 'L') longName = content.toString('utf8').replace(/\0.*$/s, '');
    else {
      if (type === '0' || type === '\0') files.set(longName ?? nameIn(header), Buffer.from(content));
      longName = undefined;
    }
  }
  return files;
}

const text = (header: Buffer, from: number, length: number): string =>
  header
    .subarray(from, from + length)
    .toString('utf8')
    .replace(/\0.*$/s, '');

function nameIn(header: Buffer): string {
  const prefix = text(header, 345, 155);
  const name = text(header, 0, 100);
  return (prefix === '' ? name : `${prefix}/${name}`).replace(/^\.\//, '');
}
