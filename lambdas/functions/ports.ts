import type { Call, CallPorts, RunIndex, SourceStore } from '../engine';
import type { OpenTargets } from '../platform/outbound/target';
import type { Resolver } from '../platform/outbound/resolve';
import type { RateLimit } from '../platform/rate-limit';
import type { Counters } from './registry/counters';
import type { FunctionStore } from './registry/function-store';
import type { LogSource } from './observability/log-source';
import type { MetricsSource } from './observability/metrics-source';
import type { OutsideOrder } from './passthrough/outside-order';
import type { WorkspaceStore } from './workspaces/workspace-store';

/** What the use cases of this service stand on. */
export interface Ports extends CallPorts {
  readonly workspaces: WorkspaceStore;
  readonly functions: FunctionStore;
  readonly codes: SourceStore;
  readonly counters: Counters;
  readonly index: RunIndex;
  readonly rateLimit: RateLimit;
  /** Opens one more workspace to a key. */
  readonly grantWorkspace: (keyHash: string, workspace: string) => Promise<void>;
  /** Starts the removal of what is left of deleted things; it comes by itself later when this fails. */
  readonly wakeCleaner: () => Promise<void>;
  readonly outbound: Outbound;
  /** Hands a call of a function that is deployed elsewhere to a worker. */
  readonly callOutside: Call<OutsideOrder>;
  readonly logSource: LogSource;
  readonly metricsSource: MetricsSource;
  /** How long a caller waits, ms. */
  readonly windowMs: number;
}

/** How functions that are deployed elsewhere are reached. */
export interface Outbound {
  readonly resolve: Resolver;
  /** `host:port` that may be called although it is not public. */
  readonly open: OpenTargets;
  /** Hosts under which this stage itself is known, beside that of each request. */
  readonly ownHosts: readonly string[];
}
