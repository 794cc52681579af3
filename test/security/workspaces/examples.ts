import type { ServiceManifest } from '../../../lambdas/platform/manifest';
import type { Route } from '../../../lambdas/platform/http/route';

/** What examples of a service send on one of its routes; undefined: nothing. */
export const exampleBody = ({ body }: Route, { examples }: ServiceManifest): unknown =>
  body && (body.example ?? examples[body.schema.meta()?.id ?? '']);

export const exampleHeaders = ({ requestHeaders = {} }: Route): Record<string, string> =>
  Object.fromEntries(
    Object.entries(requestHeaders).flatMap(([name, { example }]) => (example === undefined ? [] : [[name, example]])),
  );
