import * as z from 'zod';
import { envNameProblem, utf8Bytes, WELL_FORMED } from '../../engine';
import { invalid } from '../../platform/http/errors';
import { LIMITS, MASK } from '../limits';

/** Environment variables of a function (docs/contracts/functions.md#semantics, #resources, #patch). */

export type Values = Readonly<Record<string, string>>;

const FIELD = 'environmentVariables';

/** Names are trimmed first; two that are the same after that are a mistake. */
export const EnvironmentVariables = z
  .record(z.string(), z.string())
  .transform((sent, context): Record<string, string> => {
    const values = new Map<string, string>();
    const refuse = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message });
    for (const [rawName, value] of Object.entries(sent)) {
      const name = rawName.trim();
      const problem = envNameProblem(name) ?? (values.has(name) ? 'is there twice' : undefined);
      if (problem !== undefined) refuse([name], problem);
      else if (value.includes('\0')) refuse([name], 'must not contain a NUL character');
      else if (!value.isWellFormed()) refuse([name], WELL_FORMED[1].error);
      values.set(name, value);
    }
    if (values.size > LIMITS.envNames) refuse([], `must have at most ${LIMITS.envNames} names`);
    const all = Object.fromEntries(values);
    if (bytesOf(all) > LIMITS.envBytes) refuse([], TOO_LARGE);
    return all;
  })
  .meta({ description: 'At most 50 names, 4 KB in all. Values are never returned: answers carry a mask.' });

const TOO_LARGE = `must have at most ${LIMITS.envBytes} bytes in all`;

const bytesOf = (values: Values): number =>
  Object.entries(values).reduce((sum, [name, value]) => sum + utf8Bytes(name) + utf8Bytes(value), 0);

export const masked = (names: readonly string[]): Record<string, typeof MASK> =>
  Object.fromEntries(names.map((name) => [name, MASK]));

/**
 * What a map sent by a client means where values are stored already: the mask stands for the stored value.
 * @throws AppError `VALIDATION_ERROR` for a mask with nothing behind it
 */
export function unmasked(sent: Values, stored: Values): Values {
  const values = Object.fromEntries(
    Object.entries(sent).map(([name, value]) => {
      if (value !== MASK) return [name, value];
      const kept = Object.hasOwn(stored, name) ? stored[name] : undefined;
      if (kept === undefined) throw invalid(`${FIELD}.${name}`, `${FIELD}.${name} has no stored value to keep`);
      return [name, kept];
    }),
  );
  if (bytesOf(values) > LIMITS.envBytes) throw invalid(FIELD, `${FIELD} ${TOO_LARGE}`);
  return values;
}
