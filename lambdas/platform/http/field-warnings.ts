import * as z from 'zod';
import { AppError } from './errors';
import { validate } from './validation';

export const WARNINGS_HEADER = 'X-Narae-Warnings';

/** Names by which the APIs call the same thing. A request that uses another API's name would lose the value unseen. */
const SAME_THING: readonly (readonly string[])[] = [
  ['env', 'environmentVariables'],
  ['memory', 'memoryMb'],
  ['timeout', 'timeoutMs'],
  ['runtime', 'language', 'type'],
];

/**
 * Header that names fields of a body which are ignored although the API has one for the same thing. It consists of names
 * of the table above alone, so that it is short and carries nothing of what was sent; empty where there is no such field.
 */
export function fieldWarnings(schema: z.core.$ZodType, body: unknown): Readonly<Record<string, string>> {
  const known = fieldsOf(schema);
  if (typeof body !== 'object' || body === null || known.length === 0) return {};
  const warnings = SAME_THING.flatMap((names) => {
    const right = names.find((name) => known.includes(name));
    if (right === undefined) return [];
    const wrong = names.filter((name) => !known.includes(name) && Object.hasOwn(body, name));
    return wrong.map((name) => `${name} is ignored; use ${right}`);
  });
  return warnings.length === 0 ? {} : { [WARNINGS_HEADER]: warnings.join(', ') };
}

/**
 * Like `validate`, for a body whose refusal carries the warnings too: a missing field may be there under another name.
 * @throws AppError `VALIDATION_ERROR`
 */
export function validateBody<S extends z.ZodType>(
  schema: S,
  body: unknown,
): { readonly value: z.output<S>; readonly warnings: Readonly<Record<string, string>> } {
  const warnings = fieldWarnings(schema, body);
  try {
    return { value: validate(schema, body), warnings };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { code, message, details, headers } = error;
    throw new AppError(code, message, { details, headers: { ...headers, ...warnings } });
  }
}

/** Of an object, also where it may be absent or null. */
function fieldsOf(schema: z.core.$ZodType): readonly string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault
    ? fieldsOf(schema.def.innerType)
    : [];
}
