import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import { createAuth } from '../auth/create-auth';
import { Idempotency, type LargeBodies } from '../dynamo/idempotency';
import type { commonEnv } from '../env';
import { telemetry } from '../telemetry';
import { systemClock } from '../time/clock';
import { endpoint, type EndpointOptions } from './endpoint';
import type { RouteTable } from './route';

type Shared = 'authenticate' | 'originGuard' | 'allowedOrigins' | 'idempotency' | 'telemetry';
type ServiceOptions<T extends RouteTable> = Omit<EndpointOptions<T>, Shared> & {
  /** For services that answer with more than 256 KiB to a request with an `Idempotency-Key`. */
  readonly largeBodies?: LargeBodies;
};

/**
 * The wiring that all services share: who may call, idempotency keys, telemetry.
 * @param name the service's, in its logs and metrics
 */
export function composeService(name: string, env: z.output<typeof commonEnv>, db: DynamoDBDocumentClient) {
  const clock = systemClock;
  const observed = telemetry(name, env);
  const { ticketKey, ...auth } = createAuth(env, db, clock);
  return {
    clock,
    observed,
    ticketKey,
    endpoint: <T extends RouteTable>({ largeBodies, ...options }: ServiceOptions<T>) =>
      endpoint<T>({
        ...options,
        ...auth,
        idempotency: new Idempotency(db, env.NARAE_ENTITIES_TABLE, clock, largeBodies),
        telemetry: observed,
      }),
  };
}
