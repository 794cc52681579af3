import * as z from 'zod';
import type { Examples } from '../../lambdas/platform/manifest';
import type { Route } from '../../lambdas/platform/http/route';

/**
 * Examples of what is sent and answered: those of the route's table, else those of its service, where a schema that is
 * answered by several routes has one. Every route has both, and each is what its schema takes: the description is not
 * written otherwise.
 */

/** What any JSON may be where the bytes are read by the use case. */
const ANY_JSON = { price: 120 };

/** @throws Error naming an operation without an example, or with one that its schema refuses */
export function responseExample(operationId: string, { success }: Route, examples: Examples): unknown {
  const own = success.example ?? examples[operationId];
  // Frames of a stream, as they come: the schema is that of one of its events.
  if (success.events !== undefined) return own ?? missing(`the stream of ${operationId}`);
  if (success.body === undefined) return undefined;
  return checked(own ?? exampleOf(success.body, examples), success.body, `the answer of ${operationId}`);
}

/** @throws Error as above */
export function requestExample(operationId: string, body: NonNullable<Route['body']>, examples: Examples): unknown {
  if (body.unparsed) return body.example ?? ANY_JSON;
  return checked(body.example ?? exampleOf(body.schema, examples), body.schema, `the body of ${operationId}`);
}

function exampleOf(schema: z.ZodType, examples: Examples): unknown {
  if (schema instanceof z.ZodArray) {
    const entry = exampleOf(schema.element as z.ZodType, examples);
    return entry === undefined ? undefined : [entry];
  }
  return examples[schema.meta()?.id ?? ''];
}

function checked(example: unknown, schema: z.ZodType, what: string): unknown {
  if (example === undefined) return missing(what);
  const { error } = schema.safeParse(example);
  if (error) throw new Error(`The example for ${what} is not what its schema takes: ${z.prettifyError(error)}`);
  return example;
}

function missing(what: string): never {
  throw new Error(`There is no example for ${what}: put one into its route table or into examples.ts of its service.`);
}
