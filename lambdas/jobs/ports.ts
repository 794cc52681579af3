import type { Call, RunIndex, StartPorts } from '../engine';
import type { PublicOrigin } from '../platform/http/public-origin';
import type { RateLimit } from '../platform/rate-limit';
import type { JobStore } from './job-store';
import type { OutputReader } from './output';
import type { ProjectStore } from './project-store';

/** What the use cases of this service stand on. */
export interface Ports extends StartPorts {
  readonly call: Call;
  readonly index: RunIndex;
  readonly jobs: JobStore;
  readonly projects: ProjectStore;
  readonly output: OutputReader;
  /** A UUID v4. */
  readonly newJobId: () => string;
  readonly publicOrigin: PublicOrigin;
  readonly rateLimit: RateLimit;
}
