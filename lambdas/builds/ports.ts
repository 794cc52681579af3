import type { Clock } from '../platform/time/clock';
import type { TaskStore } from './task/task-store';

/** What the use cases of this service stand on. */
export interface Ports {
  readonly clock: Clock;
  readonly tasks: TaskStore;
}
