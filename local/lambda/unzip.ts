import path from 'node:path';
import { inflateRawSync } from 'node:zlib';

export interface ZipFile {
  /** Relative, with `/`, never leading out of the folder. */
  readonly name: string;
  /** Permission bits; 0o644 where the archive names none. */
  readonly mode: number;
  readonly content: Buffer;
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const END_OF_DIRECTORY_BYTES = 22;
const DIRECTORY_ENTRY_BYTES = 46;
const LOCAL_HEADER_BYTES = 30;
const LONGEST_COMMENT = 0xffff;

/**
 * Reads a deployment package. Permission bits matter (a wrapper script must be executable), which is why the archive's
 * directory is read here and not by a library that drops them. Lambda's limit of 250 MB makes Zip64 unnecessary.
 * Throws Error where it is no zip file, or holds a name that leads out of the folder.
 */
export function readZip(archive: Buffer): ZipFile[] {
  const end = findEndOfDirectory(archive);
  const count = archive.readUInt16LE(end + 10);
  let offset = archive.readUInt32LE(end + 16);
  const files: ZipFile[] = [];
  for (let index = 0; index < count; index += 1) {
    if (archive.readUInt32LE(offset) !== DIRECTORY_ENTRY) throw new Error('The zip file has a damaged directory.');
    const nameLength = archive.readUInt16LE(offset + 28);
    const name = archive.toString('utf8', offset + DIRECTORY_ENTRY_BYTES, offset + DIRECTORY_ENTRY_BYTES + nameLength);
    if (!name.endsWith('/')) files.push(readEntry(archive, offset, safeName(name)));
    offset +=
      DIRECTORY_ENTRY_BYTES + nameLength + archive.readUInt16LE(offset + 30) + archive.readUInt16LE(offset + 32);
  }
  return files;
}

function findEndOfDirectory(archive: Buffer): number {
  const first = Math.max(0, archive.length - END_OF_DIRECTORY_BYTES - LONGEST_COMMENT);
  for (let at = archive.length - END_OF_DIRECTORY_BYTES; at >= first; at -= 1) {
    if (archive.readUInt32LE(at) === END_OF_DIRECTORY) return at;
  }
  throw new Error('The deployment package is not a zip file.');
}

function readEntry(archive: Buffer, offset: number, name: string): ZipFile {
  const method = archive.readUInt16LE(offset + 10);
  const compressedBytes = archive.readUInt32LE(offset + 20);
  const madeOnUnix = archive.readUInt8(offset + 5) === 3;
  const mode = madeOnUnix ? (archive.readUInt32LE(offset + 38) >>> 16) & 0o777 : 0;
  const local = archive.readUInt32LE(offset + 42);
  const start = local + LOCAL_HEADER_BYTES + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const stored = archive.subarray(start, start + compressedBytes);
  if (method !== 0 && method !== 8) throw new Error(`${name} is compressed in a way Lambda does not know (${method}).`);
  return { name, mode: mode === 0 ? 0o644 : mode, content: method === 0 ? stored : inflateRawSync(stored) };
}

function safeName(name: string): string {
  const normal = path.posix.normalize(name);
  if (normal.startsWith('/') || normal.startsWith('../')) throw new Error(`The zip file holds an unsafe name: ${name}`);
  return normal;
}
