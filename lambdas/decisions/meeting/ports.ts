import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { LogStore } from '../../engine';
import type { Clock } from '../../platform/time/clock';
import type { ProviderName } from '../model';
import type { Provider } from '../providers/provider';
import type { DecisionStore } from '../store/decision-store';
import type { MeetingStore } from '../store/meeting-store';
import type { MeetingOrder } from './order';

/** What generated meetings stand on. */
export interface MeetingPorts {
  readonly db: DynamoDBDocumentClient;
  readonly clock: Clock;
  readonly store: DecisionStore;
  readonly logs: LogStore;
  readonly meetings: MeetingStore;
}

export interface OpenerPorts extends MeetingPorts {
  /** Has the meeting generated, without waiting. */
  readonly generate: (order: MeetingOrder) => Promise<void>;
}

export interface GeneratorPorts extends MeetingPorts {
  readonly provider: (name: ProviderName) => Provider;
  /** Milliseconds that a whole meeting may take. */
  readonly budgetMs: (provider: ProviderName) => number;
  /** Tells us of a meeting that failed. */
  readonly report: (failed: { readonly runId: string; readonly provider?: string; readonly cause: unknown }) => void;
}
