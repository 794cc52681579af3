import { realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { family, isAlone } from './exclusive.mjs';
import * as libraries from './libraries.mjs';

const TASK_ROOT_OF_AWS = '/var/task';
/** Where the function's own memory is not known. MiB. */
const HEAP_MB = 4096;

/**
 * What the supervisor is told by its environment, read once.
 * @throws Error that names the variable that is wrong
 */
export function readSettings(environment) {
  // Version managers put shims on the PATH; isolation binds the real file only.
  const interpreter = realpathSync(process.execPath);
  const scratchBase = realpathSync(environment.TMPDIR || '/tmp');
  const launcher = readLauncher(environment.NARAE_CHILD_LAUNCHER ?? '');
  const librariesFolder = libraries.folderIn(scratchBase);
  // Before the first child: it is shown to children that wait for a run whose library comes later.
  if (launcher.some((part) => part.includes('{libraries}'))) libraries.create(librariesFolder);
  return {
    interpreter,
    launcher,
    scratchBase,
    libraries: librariesFolder,
    childArguments: [
      // The limit of a run is kept by its resident memory; V8's own must not come before it.
      `--max-old-space-size=${Number(environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE) || HEAP_MB}`,
      fileURLToPath(new URL('../child.mjs', import.meta.url)),
    ],
    libraryPath: environment.LD_LIBRARY_PATH,
    family: family(),
    ownsEnvironment: environment.LAMBDA_TASK_ROOT === TASK_ROOT_OF_AWS && isAlone(),
  };
}

export function childCommand(settings, scratch) {
  const launcher = settings.launcher.map((part) =>
    part.replaceAll('{scratch}', scratch).replaceAll('{libraries}', settings.libraries),
  );
  return [...launcher, settings.interpreter, ...settings.childArguments];
}

export const childEnvironment = (settings, scratch) => ({
  PATH: `${path.dirname(settings.interpreter)}:/usr/local/bin:/usr/bin:/bin`,
  HOME: scratch,
  TMPDIR: scratch,
  LANG: 'C.UTF-8',
  TZ: 'UTC',
  ...(settings.libraryPath && { LD_LIBRARY_PATH: settings.libraryPath }),
});

function readLauncher(text) {
  if (text === '') return [];
  let parts;
  try {
    parts = JSON.parse(text);
  } catch (error) {
    throw new Error('NARAE_CHILD_LAUNCHER is not JSON', { cause: error });
  }
  if (!Array.isArray(parts) || !parts.every((part) => typeof part === 'string'))
    throw new Error('NARAE_CHILD_LAUNCHER must be an array of strings');
  return parts;
}
