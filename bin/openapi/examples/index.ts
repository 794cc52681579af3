import * as z from 'zod';
import type { Route } from '../../../lambdas/platform/route';
import { CALLBACKS_EXAMPLES } from './callbacks';
import type { Examples } from './examples';
import { FUNCTIONS_EXAMPLES } from './functions';
import { EVENT, INVOCATIONS_EXAMPLES } from './invocations';
import { JOBS_EXAMPLES } from './jobs';

/**
 * Examples of what is sent and answered, by the id of the schema: a schema that is answered by several routes has one.
 * A route may have its own in its table, which wins. Every route has both, and each is what its schema takes: the
 * description is not written otherwise.
 */

const BY_SCHEMA: Examples = {
  ...INVOCATIONS_EXAMPLES,
  ...FUNCTIONS_EXAMPLES,
  ...JOBS_EXAMPLES,
  ...CALLBACKS_EXAMPLES,
  Health: { status: 'healthy', environment: 'prod' },
};

/** Of routes whose schema has no name. */
const BY_OPERATION: Examples = {
  getPlatform: { name: 'Narae', service: 'narae', version: '0.1.0', status: 'running', docs: '/docs' },
  getOpenApi: { openapi: '3.1.0', info: { title: 'Narae', version: '0.1.0' }, paths: {} },
  getDocs: '<!doctype html>...',
  getRedoc: '<!doctype html>...',
  getDocsAsset: '...',
  getLog: '{"stdout":"HELLO\\n","stderr":""}',
};

/** What any JSON may be where the bytes are read by the use case. */
const ANY_JSON = { price: 120 };

/** Frames of a stream, as they come. */
const STREAM = `retry: 2000\n\nid: 5\nevent: LOG\ndata: ${JSON.stringify(EVENT.data)}\n\n`;

/** @throws Error naming an operation without an example, or with one that its schema refuses */
export function responseExample(operationId: string, { success }: Route): unknown {
  if (success.contentType === 'text/event-stream') return STREAM;
  if (success.body === undefined) return undefined;
  const example = success.example ?? BY_OPERATION[operationId] ?? exampleOf(success.body);
  return checked(example, success.body, `the answer of ${operationId}`);
}

/** @throws Error as above */
export function requestExample(operationId: string, body: NonNullable<Route['body']>): unknown {
  if (body.unparsed) return body.example ?? ANY_JSON;
  return checked(body.example ?? exampleOf(body.schema), body.schema, `the body of ${operationId}`);
}

function exampleOf(schema: z.ZodType): unknown {
  if (schema instanceof z.ZodArray) {
    const entry = exampleOf(schema.element as z.ZodType);
    return entry === undefined ? undefined : [entry];
  }
  return BY_SCHEMA[schema.meta()?.id ?? ''];
}

function checked(example: unknown, schema: z.ZodType, what: string): unknown {
  if (example === undefined)
    throw new Error(`There is no example for ${what}: put one into its route table or into bin/openapi/examples/.`);
  const { error } = schema.safeParse(example);
  if (error) throw new Error(`The example for ${what} is not what its schema takes: ${z.prettifyError(error)}`);
  return example;
}
