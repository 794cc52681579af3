import type * as z from 'zod';
import { AppError } from './errors';

type Issue = z.core.$ZodIssue;

/**
 * Validates one part of a request.
 * @throws AppError `VALIDATION_ERROR` that names the first offending field, e.g. `invocations[1].code`
 */
export function validate<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const checked = check(schema, value);
  if (checked.ok) return checked.data;
  throw new AppError('VALIDATION_ERROR', checked.message, { details: { field: checked.field } });
}

export type Checked<T> =
  { readonly ok: true; readonly data: T } | { readonly ok: false; readonly field: string; readonly message: string };

/** The value as the schema makes it, or the first thing wrong: its field as a path, and what would be right. */
export function check<S extends z.ZodType>(schema: S, value: unknown): Checked<z.output<S>> {
  // The input is asked for to tell a missing field from one of a wrong type; it goes into no message.
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return { ok: true, data: result.data };
  const issue = result.error.issues[0];
  if (!issue) return { ok: false, field: 'body', message: 'The request is not valid.' };
  const field = fieldPath(issue.path);
  const said = describe(issue);
  return { ok: false, field, message: said.startsWith(':') ? field + said : `${field} ${said}` };
}

export function fieldPath(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'body';
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

/** Our schemas phrase their own rules as predicates ("must be ...") or after a colon; the rest is phrased here. */
function describe(issue: Issue): string {
  if (issue.message.startsWith(':')) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : `must be ${article(issue.expected)}`;
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? Number(issue.minimum) === 1
          ? 'must not be empty'
          : `must have at least ${issue.minimum} ${unit(issue.origin)}`
        : `must be at least ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'string' || issue.origin === 'array'
        ? `must have at most ${issue.maximum} ${unit(issue.origin)}`
        : `must be at most ${issue.maximum}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'custom':
      return issue.message;
    default:
      return /^must |^is |^has /.test(issue.message) ? issue.message : 'is not valid';
  }
}

const unit = (origin: string): string => (origin === 'array' ? 'entries' : 'characters');

function article(expected: string): string {
  if (expected === 'int') return 'an integer';
  if (expected === 'record' || expected === 'object') return 'an object';
  return `${/^[aeiou]/.test(expected) ? 'an' : 'a'} ${expected}`;
}
