import { ConnectionProxy, type Ends } from './connection-proxy';
import { Freezer } from './freezer';

/** How an environment stands still that has nothing to do. */
export interface FreezingOptions {
  /** false: it goes on, and keeps its connections. */
  readonly on: boolean;
  /** Connections of what was frozen for this long are dead, ms. */
  readonly connectionsLiveMs: number;
  /** Where functions find AWS; to be kept from one start to the next, as signed addresses name it. 0 for any. */
  readonly port: number;
}

/** Where functions find AWS, and the Lambda service. */
export interface Endpoints {
  readonly aws: string;
  readonly lambda: string;
}

/**
 * As on Lambda, but for the time: what a connection survives there is not promised, and is minutes rather than seconds. This
 * is as long as Narae trusts one that was idle (lambdas/platform/aws/fresh-connections.ts); without that care it would fail.
 */
const DEFAULTS: FreezingOptions = { on: true, connectionsLiveMs: 3_000, port: 0 };

/** What freezing needs, as one part: who stops processes, and what their connections go through. */
export class Freezing {
  readonly #proxies: readonly ConnectionProxy[];

  private constructor(
    /** undefined: nothing is frozen. */
    readonly freezer: Freezer | undefined,
    readonly seenByFunctions: Endpoints,
    proxies: readonly ConnectionProxy[],
  ) {
    this.#proxies = proxies;
  }

  static async start(endpoints: Endpoints, options: Partial<FreezingOptions> = {}): Promise<Freezing> {
    const { on, connectionsLiveMs, port } = { ...DEFAULTS, ...options };
    if (!on) return new Freezing(undefined, endpoints, []);
    const aws = await ConnectionProxy.start(endpoints.aws, port);
    const lambda = await ConnectionProxy.start(endpoints.lambda, 0);
    const proxies = [aws, lambda];
    const seen = { aws: aws.endpoint, lambda: lambda.endpoint };
    return new Freezing(new Freezer({ proxies, connectionsLiveMs }), seen, proxies);
  }

  /** The connection of a function behind one that reaches AWS or the Lambda service; the same where nothing is between. */
  originOf(connection: Ends): Ends {
    for (const proxy of this.#proxies) {
      const origin = proxy.originOf(connection);
      if (origin) return origin;
    }
    return connection;
  }

  stop(): void {
    this.freezer?.close();
    for (const proxy of this.#proxies) proxy.stop();
  }
}
