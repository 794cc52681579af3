import { fieldWarnings } from '../../../lambdas/platform/http/field-warnings';
import { callbacksRoutes } from '../../../lambdas/callbacks/routes';
import { functionsRoutes } from '../../../lambdas/functions/routes';
import { invocationsRoutes } from '../../../lambdas/invocations/routes';
import { jobsRoutes } from '../../../lambdas/jobs/routes';

/** Route, one that a caller of another API would send, and what is said of it. */
test.each([
  [functionsRoutes.createFunction, { env: {} }, 'env is ignored; use environmentVariables'],
  [functionsRoutes.updateFunction, { timeoutMs: 1, memoryMb: 2 }, /^memoryMb .* use memory, timeoutMs .* use timeout$/],
  [invocationsRoutes.startInvocation, { environmentVariables: {} }, 'environmentVariables is ignored; use env'],
  [
    invocationsRoutes.startInvocation,
    { language: 'node', type: 'node' },
    /^language .* use runtime, type .* use runtime$/,
  ],
  [jobsRoutes.uploadJob, { runtime: 'node' }, 'runtime is ignored; use language'],
  [jobsRoutes.executeJob, { timeoutMs: 1 }, 'timeoutMs is ignored; use timeout'],
  [callbacksRoutes.createCallback, { language: 'node' }, 'language is ignored; use type'],
])('%# a field of another API is named', ({ body }, sent, said) => {
  const header = fieldWarnings(body.schema, sent)['X-Narae-Warnings'];
  if (typeof said === 'string') expect(header).toBe(said);
  else expect(header).toMatch(said);
});

test('other unknown fields, and bodies that are no objects, are passed over', () => {
  const { schema } = functionsRoutes.createFunction.body;
  for (const sent of [{ color: 'red', name: 'a' }, [], null, 'env', undefined])
    expect(fieldWarnings(schema, sent)).toEqual({});
});
