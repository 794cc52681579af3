/** Variables of user code as variables of its function. */

/** Those that Lambda does not take, or that would change how the interpreter or the adapter itself starts. */
const OURS = /^(?:_|AWS_|LAMBDA_|NARAE_|LD_|PYTHON|PATH$|HOME$|TMPDIR$|TZ$|LANG$|LC_|.$)/;
/** What the adapter puts into the environment of user code when all else stands. */
const ADDED_BY_ADAPTER = 'NARAE_ENV';
/** Names and values of all variables, as Lambda counts them. */
export const MAX_ENVIRONMENT_BYTES = 4_096;

/** @returns undefined if it is more than Lambda takes */
export function lambdaEnvironment(values: Readonly<Record<string, string>>): Record<string, string> | undefined {
  const all = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  const later = all.filter(([name]) => OURS.test(name));
  const variables = {
    ...Object.fromEntries(all.filter(([name]) => !OURS.test(name))),
    ...(later.length > 0 && { [ADDED_BY_ADAPTER]: JSON.stringify(Object.fromEntries(later)) }),
  };
  const bytes = Object.entries(variables).reduce((sum, pair) => sum + Buffer.byteLength(pair.join('')), 0);
  return bytes > MAX_ENVIRONMENT_BYTES ? undefined : variables;
}
