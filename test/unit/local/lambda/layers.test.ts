import { EnvironmentPool, type Demand, type Layer } from '../../../../local/lambda/pool';
import type { EnvironmentEvents, ExecutionEnvironment } from '../../../../local/lambda/environment';
import type { FunctionDefinition } from '../../../../local/lambda/definition';

/** As much of an environment as the pool looks at; it is idle at once. */
function environmentOf(definition: FunctionDefinition, tenantId: string | undefined, events: EnvironmentEvents) {
  const environment: Pick<ExecutionEnvironment, 'definition' | 'tenantId' | 'idleSince' | 'stop'> = {
    definition,
    tenantId,
    idleSince: Date.now(),
    stop: () => events.gone(undefined),
  };
  queueMicrotask(() => events.idle());
  return environment as ExecutionEnvironment;
}

const demand = (name: string, layer: Layer): Demand => ({
  layer,
  definition: { name, revision: '1' } as FunctionDefinition,
  tenantId: undefined,
  concurrency: 100,
  tenantEnvironments: 250,
  waitMs: 50,
});

test('callers from outside leave places for the calls that they make, and those for sandboxes', async () => {
  const pool = new EnvironmentPool({
    environments: 8,
    queue: 100,
    startingAtOnce: { ofFunction: 2, inAll: 4 },
    idleTimeoutMs: 60_000,
    start: environmentOf,
  });
  const served = async (name: string, layer: Layer) => {
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => pool.acquire(demand(name, layer))));
    return outcomes.filter(({ status }) => status === 'fulfilled').length;
  };
  try {
    expect(await served('service', 0)).toBe(4);
    expect(await served('runner', 1)).toBe(2);
    expect(await served('sandbox', 2)).toBe(2);
  } finally {
    pool.close();
  }
});
