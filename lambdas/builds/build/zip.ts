import { unzipSync, zipSync, type Zippable } from 'fflate';
import type { SourceFiles } from '../request/archive';
import { sorted } from '../request/source';

/** What a zip can say at the earliest; by local time, in which zips are written. */
const ALWAYS = new Date(1980, 0, 1);
const UNIX = 3;
const READABLE = 0o100644 << 16;

/** Equal files give equal bytes, wherever and whenever. */
export function zipped(files: SourceFiles): Buffer {
  const entries: Zippable = Object.create(null) as Zippable;
  for (const [path, bytes] of sorted(files))
    entries[path] = [bytes, { level: 6, mtime: ALWAYS, os: UNIX, attrs: READABLE }];
  return Buffer.from(zipSync(entries));
}

/** Of a zip that `zipped` made. */
export const unzipped = (bytes: Buffer): SourceFiles =>
  new Map(Object.entries(unzipSync(bytes)).map(([path, content]) => [path, Buffer.from(content)]));
