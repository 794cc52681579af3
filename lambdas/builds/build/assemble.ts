import { createHash } from 'node:crypto';
import { adapterFiles, APP_FOLDER, PACKAGES_FOLDER } from '../adapter/package';
import type { Artifact } from '../artifact';
import { BUILD_LIMITS } from '../limits';
import type { SourceFiles } from '../request/archive';
import type { TaskFailure, TaskRecord } from '../task/task';
import { PREPARED, ZIP, type BuilderPorts } from './ports';
import { zipped } from './zip';

interface Parts {
  readonly files: SourceFiles;
  readonly packages: SourceFiles;
  /** The one that is called. */
  readonly module: string;
}

/**
 * Puts together what the target takes. For Lambda that is the artifact; for a component it is what the toolchain makes
 * one of.
 */
export async function assembled(
  task: TaskRecord,
  parts: Parts,
  { store, adapter }: Pick<BuilderPorts, 'store' | 'adapter'>,
): Promise<Artifact | TaskFailure | 'prepared'> {
  if (task.target === 'spin') {
    await store.putArtifact(task.id, PREPARED, zipped(preparedFiles(parts)));
    return 'prepared';
  }
  const zip = zipped(packageFiles(parts, adapter));
  if (zip.length > BUILD_LIMITS.artifactBytes) return tooLarge(zip.length);
  await store.putArtifact(task.id, ZIP, zip);
  const sha256 = createHash('sha256').update(zip).digest('hex');
  return { kind: 'lambda-zip', path: store.artifactPath(task.id, ZIP), sha256, bytes: zip.length };
}

const packageFiles = ({ files, packages, module }: Parts, adapter: BuilderPorts['adapter']): SourceFiles =>
  new Map([
    ...Object.entries(adapterFiles(adapter, module)).map(([path, text]) => [path, Buffer.from(text)] as const),
    ...below(APP_FOLDER, files),
    ...below(PACKAGES_FOLDER, packages),
  ]);

const below = (folder: string, files: SourceFiles) =>
  [...files].map(([path, bytes]) => [`${folder}/${path}`, bytes] as const);

/** Side by side at the root; the user's own files come first. Compiled ones are of another version of the language. */
const preparedFiles = ({ files, packages }: Parts): SourceFiles =>
  new Map([...[...packages].filter(([path]) => !path.includes('__pycache__/')), ...files]);

const tooLarge = (bytes: number): TaskFailure => ({
  code: 'BUILD_ERROR',
  message: `The package has ${bytes} bytes with what it needs; at most ${BUILD_LIMITS.artifactBytes} are taken.`,
});
