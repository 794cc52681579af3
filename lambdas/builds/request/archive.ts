import { promisify } from 'node:util';
import { type Entry, fromBuffer, getFileNameLowLevel, type ZipFile } from 'yauzl';
import { AppError } from '../../platform/http/errors';
import { BUILD_LIMITS } from '../limits';

/** Files of a source by their path from its root. */
export type SourceFiles = ReadonlyMap<string, Buffer>;

export type ArchiveReason =
  'NOT_A_ZIP' | 'TOO_LARGE' | 'TOO_MANY_ENTRIES' | 'SPECIAL_FILE' | 'UNSAFE_PATH' | 'DUPLICATE_NAME' | 'ENCRYPTED';

const MESSAGES: Readonly<Record<ArchiveReason, string>> = {
  NOT_A_ZIP: 'The archive is not a zip that can be read',
  TOO_LARGE: `The archive unpacks to more than ${BUILD_LIMITS.archive.unpackedBytes} bytes`,
  TOO_MANY_ENTRIES: `The archive has more than ${BUILD_LIMITS.archive.entries} entries`,
  SPECIAL_FILE: 'The archive contains a link or a special file',
  UNSAFE_PATH: 'The archive contains a path outside its root',
  DUPLICATE_NAME: 'The archive contains two entries of the same name',
  ENCRYPTED: 'The archive is encrypted',
};

const refused = (reason: ArchiveReason, entry?: string, cause?: unknown): AppError =>
  new AppError('INVALID_ARCHIVE', MESSAGES[reason], {
    details: { field: 'file', reason, ...(entry !== undefined && { entry: entry.slice(0, 200) }) },
    cause,
  });

const open = promisify<Buffer, object, ZipFile>(fromBuffer);

/**
 * Unpacks a zip that nobody vouches for: all of it, or nothing (docs/contracts/builds.md#archives). What it says of its
 * sizes is not believed; bytes are counted as they come.
 * @throws AppError `INVALID_ARCHIVE`
 */
export async function readArchive(bytes: Buffer): Promise<SourceFiles> {
  const zip = await open(bytes, { lazyEntries: true, decodeStrings: false, validateEntrySizes: true }).catch(
    (cause: unknown) => {
      throw refused('NOT_A_ZIP', undefined, cause);
    },
  );
  if (zip.entryCount > BUILD_LIMITS.archive.entries) throw refused('TOO_MANY_ENTRIES');
  const files = new Map<string, Buffer>();
  const names = new Set<string>();
  let left: number = BUILD_LIMITS.archive.unpackedBytes;
  for (const entry of await entriesOf(zip)) {
    const name = nameOf(entry);
    checkEntry(entry, name);
    const folded = foldedName(name);
    if (names.has(folded)) throw refused('DUPLICATE_NAME', name);
    names.add(folded);
    if (name.endsWith('/')) continue;
    const content = await contentOf(zip, entry, name, left);
    left -= content.length;
    files.set(name, content);
  }
  refuseFilesAsFolders(files);
  return files;
}

function entriesOf(zip: ZipFile): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: Entry[] = [];
    zip.on('entry', (entry: Entry) => {
      entries.push(entry);
      if (entries.length > BUILD_LIMITS.archive.entries) reject(refused('TOO_MANY_ENTRIES'));
      else zip.readEntry();
    });
    zip.on('end', () => {
      resolve(entries);
    });
    zip.on('error', (cause) => {
      reject(refused('NOT_A_ZIP', undefined, cause));
    });
    zip.readEntry();
  });
}

/** With `decodeStrings: false` names come as bytes, and are not changed on the way. */
function nameOf({ generalPurposeBitFlag, fileNameRaw, extraFields }: Entry): string {
  return getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true);
}

/** File types among the mode bits that archives of Unix have. */
const TYPE_BITS = 0o170000;
const PLAIN_TYPES = [0, 0o100000, 0o040000];

function checkEntry(entry: Entry, name: string): void {
  if (entry.isEncrypted()) throw refused('ENCRYPTED', name);
  if (!isSafe(name)) throw refused('UNSAFE_PATH', name);
  if (!PLAIN_TYPES.includes((entry.externalFileAttributes >>> 16) & TYPE_BITS)) throw refused('SPECIAL_FILE', name);
}

const isSafe = (name: string): boolean =>
  name !== '' &&
  !/[\\\0]/.test(name) &&
  !name.startsWith('/') &&
  !/^[A-Za-z]:/.test(name) &&
  name
    .replace(/\/$/, '')
    .split('/')
    .every((part) => part !== '' && part !== '.' && part !== '..');

/** As file systems compare that know neither case nor how a letter is composed. */
const foldedName = (name: string): string =>
  name.replace(/\/$/, '').normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');

async function contentOf(zip: ZipFile, entry: Entry, name: string, left: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    const stream = await zip.openReadStreamPromise(entry);
    for await (const chunk of stream) {
      if (!Buffer.isBuffer(chunk)) continue;
      size += chunk.length;
      if (size > left) throw refused('TOO_LARGE', name);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof AppError ? error : refused('NOT_A_ZIP', name, error);
  }
  return Buffer.concat(chunks);
}

/** `a` and `a/b` cannot both be files. */
function refuseFilesAsFolders(files: SourceFiles): void {
  const folded = new Set([...files.keys()].map(foldedName));
  for (const name of files.keys()) {
    const parts = name.split('/');
    if (parts.some((_, index) => index > 0 && folded.has(foldedName(parts.slice(0, index).join('/')))))
      throw refused('DUPLICATE_NAME', name);
  }
}
