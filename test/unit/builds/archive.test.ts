import { strToU8, zipSync } from 'fflate';
import { readArchive } from '../../../lambdas/builds/request/archive';
import { AppError } from '../../../lambdas/platform/http/errors';

type Files = Parameters<typeof zipSync>[0];

const zip = (files: Files): Buffer => Buffer.from(zipSync(files));
const x = strToU8('x');

async function refusalOf(bytes: Buffer): Promise<unknown> {
  const error: unknown = await readArchive(bytes).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) throw new Error(`It was not refused: ${String(error)}`);
  expect(error.code).toBe('INVALID_ARCHIVE');
  return error.details?.['reason'];
}

test('gives files by their paths, folders left out; inner archives are files', async () => {
  const inner = zipSync({ 'a.py': x });
  const files = await readArchive(
    zip({ 'app.py': strToU8('print(1)\n'), 'lib/': new Uint8Array(), 'lib/가.py': x, 'in.zip': inner }),
  );
  expect([...files.keys()].sort()).toEqual(['app.py', 'in.zip', 'lib/가.py']);
  expect(files.get('app.py')?.toString()).toBe('print(1)\n');
});

test.each(['../up.py', '/etc/x', 'C:/x', 'C:x', 'a\\b', 'a/../../b', 'a/./b', 'a//b', 'nul\0.py', '..'])(
  'the path %j is unsafe',
  async (path) => {
    expect(await refusalOf(zip({ [path]: x }))).toBe('UNSAFE_PATH');
  },
);

test.each([
  [['App.py', 'app.py']],
  [['stra\u00dfe.py', 'STRASSE.py']],
  [['caf\u00e9.py', 'cafe\u0301.py']],
  [['lib', 'lib/x.py']],
])('names %j are the same', async (names) => {
  expect(await refusalOf(zip(Object.fromEntries(names.map((name) => [name, x]))))).toBe('DUPLICATE_NAME');
});

test('links and special files', async () => {
  for (const mode of [0o120777, 0o060644, 0o010644])
    expect(await refusalOf(zip({ a: [x, { os: 3, attrs: (mode << 16) >>> 0 }] }))).toBe('SPECIAL_FILE');
});

test('1000 entries are taken, 1001 are not', async () => {
  const many = (count: number) =>
    zip(Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, x])));
  expect((await readArchive(many(1000))).size).toBe(1000);
  expect(await refusalOf(many(1001))).toBe('TOO_MANY_ENTRIES');
});

test('a bomb is stopped while it unpacks, whatever it says of its size', async () => {
  const bomb = zip({ a: new Uint8Array(26 * 1024 * 1024), b: new Uint8Array(26 * 1024 * 1024) });
  expect(await refusalOf(bomb)).toBe('TOO_LARGE');
  const liar = zip({ a: new Uint8Array(60 * 1024 * 1024) });
  const central = liar.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
  liar.writeUInt32LE(10, central + 24);
  expect(await refusalOf(liar)).toBe('NOT_A_ZIP');
});

test('an encrypted entry, and what is no zip', async () => {
  const encrypted = zip({ a: x });
  const central = encrypted.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
  encrypted.writeUInt16LE(encrypted.readUInt16LE(central + 8) | 1, central + 8);
  expect(await refusalOf(encrypted)).toBe('ENCRYPTED');
  for (const bytes of [Buffer.from('x'), Buffer.alloc(1000), zip({ a: x }).subarray(0, 40)])
    expect(await refusalOf(bytes)).toBe('NOT_A_ZIP');
});
