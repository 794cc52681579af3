import type { Clock } from '../../platform/time/clock';
import { retryOnConflict } from '../../platform/dynamo/transact';
import type { CallbackRecord } from './callback';
import type { Counters } from '../counters';
import type { Sources } from './sources';
import type { CallbackStore } from './store';

/** Callbacks that an installation can be tried with (docs/contracts/callbacks.md#seeding). */
const SEEDS = [
  {
    id: 1001,
    path: 'hello',
    method: 'GET',
    language: 'python',
    code: `import json


def lambda_handler(event, context):
    return {"statusCode": 200, "body": json.dumps({"reply": event.get("message") or "Hello from Narae"})}
`,
  },
  {
    id: 1002,
    path: 'world',
    method: 'GET',
    language: 'node',
    code: `exports.lambda_handler = async (event) => ({ msg: 'Hello from Narae', event });
`,
  },
] as const;

export interface SeedPorts {
  readonly clock: Clock;
  readonly callbacks: CallbackStore;
  readonly counters: Counters;
  readonly sources: Sources;
}

/**
 * Writes the callbacks 1001 and 1002, or restores them: undeployed, pending, without environment. Ids go on after 1002.
 * @returns what was written
 * @throws AppError `CALLBACK_EXISTS` when another callback has their path
 */
export async function seed(workspace: string, ports: SeedPorts): Promise<CallbackRecord[]> {
  await ports.counters.goOnAfter(workspace, 'callbacks', SEEDS[SEEDS.length - 1]?.id ?? 0);
  const seeded: CallbackRecord[] = [];
  for (const { code: source, ...fields } of SEEDS) {
    const code = await ports.sources.put(workspace, fields.id, source);
    seeded.push(
      await retryOnConflict(async () => {
        const before = await ports.callbacks.find(workspace, fields.id);
        const after: CallbackRecord = {
          workspace,
          ...fields,
          code,
          status: 'pending',
          updatedAt: ports.clock.now(),
          // A build that is going on is out of date from here.
          attempt: (before?.attempt ?? 0) + 1,
          ...(before?.roomId !== undefined && { roomId: before.roomId }),
          version: 0,
        };
        await ports.callbacks.save(before, after, before ? [] : [ports.counters.oneMore(workspace, 'callbacks')]);
        return after;
      }),
    );
  }
  return seeded;
}
