import type { HasOwner, RunIndex, ServiceRuns, StartPorts } from '../engine';
import type { RateLimit } from '../platform/rate-limit';

/** What the use cases of this service stand on. */
export interface Ports extends StartPorts {
  /** Ids of all workspaces, for callers to whom every one is open. */
  readonly allWorkspaces: () => Promise<readonly string[]>;
  readonly hasOwner: HasOwner;
  readonly serviceRuns: ServiceRuns;
  readonly index: RunIndex;
  readonly rateLimit: RateLimit;
  /** Address of a run's stream, with a ticket where callers must authenticate. */
  readonly streamUrl: (run: {
    readonly workspace: string;
    readonly id: string;
    readonly timeoutMs: number;
  }) => Promise<string>;
}
