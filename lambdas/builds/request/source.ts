import { createHash } from 'node:crypto';
import { AppError } from '../../platform/http/errors';
import type { TargetName } from '../artifact';
import { readArchive, type SourceFiles } from './archive';
import type { Form } from './form';

export interface Source {
  readonly files: SourceFiles;
  /** Of an upload that is one module. */
  readonly module?: string;
}

/**
 * What was uploaded, as files (docs/contracts/builds.md#source-layout).
 * @throws AppError `UNSUPPORTED_FILE_TYPE`, `INVALID_ARCHIVE`
 */
export async function readSource({ name, bytes }: Form['file'], target: TargetName): Promise<Source> {
  const extension = /\.(py|zip)$/i.exec(name)?.[1]?.toLowerCase();
  if (extension === 'zip') return { files: await readArchive(bytes) };
  if (extension !== 'py')
    throw new AppError('UNSUPPORTED_FILE_TYPE', 'file must be a *.py or a *.zip.', { details: { field: 'file' } });
  const module = moduleNameOf(name);
  const files = new Map([[`${module}.py`, bytes]]);
  if (target === 'spin') files.set('spin.toml', Buffer.from(spinToml(module)));
  return { files, module };
}

/** What Python can import by name, in any script; where nothing of it is left, `app`. */
export function moduleNameOf(fileName: string): string {
  const base = fileName.slice(fileName.lastIndexOf('/') + 1).replace(/\.py$/i, '');
  const kept = base
    .replace(/[\s_-]/gu, '')
    .normalize('NFKC')
    .slice(0, 100);
  return /^[\p{L}\p{Nl}][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}]*$/u.test(kept) ? kept : 'app';
}

const spinToml = (module: string): string => `spin_manifest_version = 2

[application]
name = "app"
version = "0.1.0"

[[trigger.http]]
route = "/..."
component = "app"

[component.app]
source = "app.wasm"

[component.app.build]
command = "componentize-py -w spin-http componentize ${module} -o app.wasm"
`;

/** Over paths, in order, and contents: equal sources have it in common. @returns hex SHA-256 */
export function sourceDigest(files: SourceFiles): string {
  const all = createHash('sha256');
  for (const [path, bytes] of sorted(files)) {
    const content = createHash('sha256').update(bytes).digest('hex');
    all.update(`${JSON.stringify(path)} ${content}\n`);
  }
  return all.digest('hex');
}

/** By code units, whatever the language of the machine. */
export const sorted = (files: SourceFiles): [string, Buffer][] =>
  [...files].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
