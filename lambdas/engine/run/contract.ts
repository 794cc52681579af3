import * as z from 'zod';
import { LIMITS } from './limits';

/** Schemas that every service which runs code shares. */

const RESERVED_ENV = /^(AWS_.*|LAMBDA_.*|NARAE_.*|LD_.*|PATH|HOME|NODE_OPTIONS|PYTHONPATH|_HANDLER)$/;
const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

export const utf8Bytes = (text: string): number => Buffer.byteLength(text, 'utf8');

/** Arguments of `refine`: half of a surrogate pair is valid JSON, but no text that UTF-8, and so a store, can hold. */
export const WELL_FORMED = [
  (text: string): boolean => text.isWellFormed(),
  { error: 'must be text that UTF-8 can hold' },
] as const;

/** Arguments of `refine`, for names and what is shown with them: tools that end a text at NUL would read another one. */
export const WITHOUT_NUL = [
  (text: string): boolean => !text.includes('\0'),
  { error: 'must not contain a NUL character' },
] as const;

/** UTF-8 source of one file. */
export const SourceCode = z
  .string()
  .min(1)
  .refine((code) => utf8Bytes(code) <= LIMITS.codeBytes, { error: `must have at most ${LIMITS.codeBytes} bytes` })
  .refine(...WELL_FORMED)
  .meta({ description: 'Source of one file, UTF-8, 1 byte to 1 MiB.' });

/** What is wrong with a name of an environment variable, or nothing (docs/contracts/invocations.md#bad-input). */
export function envNameProblem(name: string): string | undefined {
  if (!ENV_NAME.test(name)) return 'is not a valid name: letters, digits and _ only, not starting with a digit';
  return RESERVED_ENV.test(name) ? 'is a reserved name' : undefined;
}

/** Environment of the user's code (docs/contracts/invocations.md#resources, #bad-input). */
export const Environment = z
  .record(z.string(), z.string())
  .superRefine((env, context) => {
    const names = Object.keys(env);
    const refuse = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message });
    if (names.length > LIMITS.envNames) refuse([], `must have at most ${LIMITS.envNames} names`);
    let bytes = 0;
    for (const [name, value] of Object.entries(env)) {
      bytes += utf8Bytes(name) + utf8Bytes(value);
      const problem = envNameProblem(name);
      if (problem !== undefined) refuse([name], problem);
      else if (value.includes('\0')) refuse([name], 'must not contain a NUL character');
      else if (!value.isWellFormed()) refuse([name], WELL_FORMED[1].error);
    }
    if (bytes > LIMITS.envBytes) refuse([], `must have at most ${LIMITS.envBytes} bytes in all`);
  })
  .meta({ description: 'Environment variables: at most 50 names, 32 KiB in all. Values are never returned.' });
