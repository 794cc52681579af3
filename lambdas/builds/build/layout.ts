import { isRequirement } from '../../platform/runtimes/python/packages';
import type { TargetName } from '../artifact';
import { BUILD_LIMITS } from '../limits';
import type { SourceFiles } from '../request/archive';
import type { TaskFailure } from '../task/task';

const SPIN_TOML = 'spin.toml';
const USUAL = ['app', 'main', 'handler', 'lambda_function'];

/** Which module of a source is called (docs/contracts/builds.md#source-layout). */
export function entryModuleOf(files: SourceFiles, target: TargetName): string | TaskFailure {
  const manifest = files.get(SPIN_TOML);
  if (target === 'spin' && !manifest)
    return { code: 'SPIN_TOML_MISSING', message: 'There is no spin.toml at the root of the archive.' };
  const named = manifest && moduleIn(manifest.toString('utf8'));
  if (named !== undefined)
    return files.has(`${named}.py`)
      ? named
      : {
          code: 'NO_ENTRY_POINT',
          message: `spin.toml names the module '${named}', and there is no ${named}.py at the root.`,
        };
  const usual = USUAL.find((name) => files.has(`${name}.py`));
  if (usual !== undefined) return usual;
  const atRoot = [...files.keys()].filter((path) => /^[^/]+\.py$/.test(path));
  const [only] = atRoot;
  if (only !== undefined && atRoot.length === 1) return only.replace(/\.py$/, '');
  const message = `There must be one of ${USUAL.map((name) => `${name}.py`).join(', ')}, or a single .py, at the root.`;
  return { code: 'NO_ENTRY_POINT', message };
}

const COMMAND = /^\s*command\s*=.*\bcomponentize-py\b.*\scomponentize\s+(?:-\S+\s+)*([\p{L}_][\p{L}\p{N}_]*)/u;
/** No command is longer; the expression takes its time for what is. */
const COMMAND_CHARS = 1_000;

/** Of the command that builds the component. */
const moduleIn = (toml: string): string | undefined =>
  toml
    .split(/\r?\n/)
    .filter((line) => line.length <= COMMAND_CHARS)
    .map((line) => COMMAND.exec(line)?.[1])
    .find((module) => module !== undefined);

const REQUIREMENTS = 'requirements.txt';

/** Lines of requirements.txt that ask for something. */
export function requirementsIn(files: SourceFiles): string[] {
  const text = files.get(REQUIREMENTS)?.toString('utf8') ?? '';
  return text
    .split(/\r?\n/)
    .map((line) =>
      line
        .replace(/(^|\s)#.*$/, '')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .filter((line) => line !== '');
}

/** Why nothing can be installed of a source's requirements.txt; undefined: it can be tried. */
export function requirementsProblem(files: SourceFiles): string | undefined {
  if ((files.get(REQUIREMENTS)?.length ?? 0) > BUILD_LIMITS.requirementsBytes)
    return `${REQUIREMENTS} has more than ${BUILD_LIMITS.requirementsBytes} bytes.`;
  const wrong = requirementsIn(files).find((line) => !isRequirement(line));
  return wrong && `${REQUIREMENTS}: '${wrong.slice(0, 100)}' is not a name of a package with versions.`;
}
