import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import { ApiKeyStore, byApiKey } from './api-keys';
import { secretsManager } from '../aws/clients';
import { syncServerClock } from '../time/sync-server-clock';
import type { Clock } from '../time/clock';
import type { commonEnv } from '../env';
import type { OriginGuard } from './origin';
import { ANYBODY, type Authenticate } from './principal';
import { secretReader } from './secrets';

/** Who may call, by the stage's setting: wiring that every function with callers shares. */
export interface Access {
  /** Origins whose pages may read answers, or `*`. */
  readonly allowedOrigins: readonly string[];
  readonly authenticate: Authenticate;
  readonly originGuard: OriginGuard;
  readonly ticketKey: () => Promise<string>;
}

export function createAuth(env: z.output<typeof commonEnv>, db: DynamoDBDocumentClient, clock: Clock): Access {
  const secrets = secretsManager();
  const read = (secretId: string) => secretReader(secrets, secretId, clock.now);
  // Keys and tickets have their time, and so has everything that a caller starts.
  const timeKnown = syncServerClock(db, env.NARAE_ENTITIES_TABLE);
  const authenticate: Authenticate =
    env.NARAE_AUTH === 'none'
      ? () => Promise.resolve(ANYBODY)
      : byApiKey(new ApiKeyStore(db, env.NARAE_ENTITIES_TABLE), clock);
  const ticketKey = read(env.NARAE_TICKET_SECRET_ID);
  return {
    allowedOrigins: env.NARAE_ALLOWED_ORIGINS.split(',').map((origin) => origin.trim()),
    authenticate: async (headers) => {
      await timeKnown;
      return authenticate(headers);
    },
    originGuard: env.NARAE_ORIGIN_SECRET_ID === undefined ? undefined : read(env.NARAE_ORIGIN_SECRET_ID),
    ticketKey: async () => {
      await timeKnown;
      return ticketKey();
    },
  };
}
