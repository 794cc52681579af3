import { ApiException } from '@kubernetes/client-node';
import * as z from 'zod';
import { AppNameTaken, NamespaceMissing, TargetRefused, TargetUnavailable } from '../deploy-target';

/** What an API server says of a request that it did not carry out. */
const Status = z.looseObject({
  message: z.string().default(''),
  details: z.looseObject({ kind: z.string().optional() }).optional(),
});

const MESSAGE_CHARS = 500;
/** It answers 500 where a manifest has a field of another type than the cluster knows; another try has the same answer. */
const TYPED_PATCH = /failed to create typed patch object/;
/** The client says so before it asks: the cluster has no such kind of object. */
const UNKNOWN_KIND = /^Unrecognized API version and kind/;
/** It says so of every failure of its question which kinds there are. */
const KINDS_ASKED = /^Failed to fetch resource metadata/;

/** Of one object; a namespace that is not there is another thing. */
export const isMissing = (error: unknown): boolean =>
  error instanceof ApiException &&
  error.code === 404 &&
  !hasNoSuchKind(error) &&
  statusOf(error).details?.kind !== 'namespaces';

/** As what a caller of the target is to know of a failure. */
export function asTargetError(error: unknown): unknown {
  if ([AppNameTaken, NamespaceMissing, TargetRefused, TargetUnavailable].some((kind) => error instanceof kind))
    return error;
  if (!(error instanceof Error)) return error;
  if (hasNoSuchKind(error)) return new TargetUnavailable('The cluster has no SpinApps.', { cause: error });
  if (!(error instanceof ApiException)) return new TargetUnavailable('The cluster does not answer.', { cause: error });
  const { message, details } = statusOf(error);
  if (error.code === 404 && details?.kind === 'namespaces')
    return new NamespaceMissing('The cluster has no such namespace.', { cause: error });
  if (error.code === 401 || error.code === 403)
    return new TargetRefused('The cluster does not let the platform do that.', { cause: error });
  const passes = error.code === 429 || (error.code >= 500 && !TYPED_PATCH.test(message));
  return passes
    ? new TargetUnavailable('The cluster does not answer.', { cause: error })
    : new TargetRefused(`The cluster refused the app: ${message.slice(0, MESSAGE_CHARS)}`, { cause: error });
}

const hasNoSuchKind = (error: Error): boolean =>
  UNKNOWN_KIND.test(error.message) ||
  (error instanceof ApiException && error.code === 404 && KINDS_ASKED.test(error.message));

function statusOf({ body }: ApiException<unknown>): z.output<typeof Status> {
  const parsed = Status.safeParse(typeof body === 'string' ? jsonOf(body) : body);
  return parsed.success ? parsed.data : { message: '' };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
