import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { NodeHttpHandler, type NodeHttpHandlerOptions } from '@smithy/node-http-handler';

/** A socket that had nothing to do for longer is not used again, ms. */
const MAX_IDLE_MS = 3_000;

/** When a socket was last given back, by the wall clock: timers and monotonic clocks may stand still while we are frozen. */
const idleSince = new WeakMap<Duplex, number>();

const noteIdle = (socket: Duplex): void => void idleSince.set(socket, Date.now());

/** Shared by all clients of a process. */
const POOL = { keepAlive: true, maxSockets: 50 } as const;
const pools = {
  httpAgent: new HttpAgent(POOL).on('free', noteIdle),
  httpsAgent: new HttpsAgent(POOL).on('free', noteIdle),
};

/** Pools pass over sockets that are destroyed. */
function closeIdle(): void {
  const oldest = Date.now() - MAX_IDLE_MS;
  for (const { freeSockets } of Object.values(pools))
    for (const sockets of Object.values(freeSockets))
      for (const socket of sockets ?? []) if ((idleSince.get(socket) ?? 0) < oldest) socket.destroy();
}

/** Time limits in milliseconds; 0 for none. */
export type TimeLimits = Pick<
  NodeHttpHandlerOptions,
  'connectionTimeout' | 'requestTimeout' | 'socketTimeout' | 'throwOnRequestTimeout'
>;

type Handle = NodeHttpHandler['handle'];

/**
 * Connections to AWS that survive a freeze. Lambda freezes an environment between two calls; what is at the other end of
 * its sockets goes on, closes them, and nobody here hears of it. So before each request the event loop gets a turn to
 * hear of what was closed, and what was idle for long is closed by us.
 */
export class FreshConnections extends NodeHttpHandler {
  constructor(limits: TimeLimits) {
    super({ ...limits, ...pools });
  }

  override async handle(...call: Parameters<Handle>): ReturnType<Handle> {
    // One turn to read that a socket was closed, and one for its pool to let go of it.
    await setImmediate();
    await setImmediate();
    closeIdle();
    return super.handle(...call);
  }

  /** The pools are the process's, not those of one client. */
  override destroy(): void {
    closeIdle();
  }
}
