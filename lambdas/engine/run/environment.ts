import * as z from 'zod';
import { RUNTIMES } from '../../platform/runtimes';
import { LIMITS } from './limits';
import { utf8Bytes, WELL_FORMED } from './text-rules';

const RESERVED_ENV = /^(AWS_.*|LAMBDA_.*|NARAE_.*|LD_.*|PATH|HOME|_HANDLER)$/;
const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** What is wrong with a name of an environment variable, or nothing (docs/contracts/invocations.md#bad-input). */
export function envNameProblem(name: string): string | undefined {
  if (!ENV_NAME.test(name)) return 'is not a valid name: letters, digits and _ only, not starting with a digit';
  const isReserved = RESERVED_ENV.test(name) || RUNTIMES.some((runtime) => runtime.reservedVariables.includes(name));
  return isReserved ? 'is a reserved name' : undefined;
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
