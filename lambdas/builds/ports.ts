import type { Clock } from '../platform/time/clock';
import type { BuildStore } from './build/store';
import type { CredentialStore } from './request/credentials';
import type { Registries } from './request/registries';
import type { TaskStore } from './task/task-store';

/** What the use cases of this service stand on. */
export interface Ports {
  readonly clock: Clock;
  readonly tasks: TaskStore;
  readonly store: BuildStore;
  readonly credentials: CredentialStore;
  readonly registries: Registries;
  /** Has a task worked on; started again it is found to have begun. */
  readonly start: (taskId: string) => Promise<void>;
}
