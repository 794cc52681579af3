import type { FindForPorts, LogStore } from '../engine';
import type { Authenticate, Headers } from '../platform/auth/principal';
import type { MeetingBegun, MeetingWanted } from './contract';
import type { Followed } from './followed';
import type { streamRoutes } from './routes';
import type { StreamRules } from './rules';

export interface StreamRequest {
  readonly route: keyof typeof streamRoutes;
  readonly params: Readonly<Record<string, string>>;
  readonly headers: Headers;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** The body as it came. */
  readonly bytes: Buffer;
}

export interface StreamPorts extends FindForPorts {
  readonly logs: LogStore;
  readonly authenticate: Authenticate;
  readonly ticketKey: () => Promise<string>;
  /** Whether followers of decisions have to say who they are (`streamIdentity` of docs/deploy.md#configuration). */
  readonly needsUserId: boolean;
  /** Has a decision run taken up; rejects for nothing, since others see to it, too. */
  readonly beginDecision: (run: { readonly workspace: string; readonly runId: string }) => Promise<void>;
  /** @throws AppError `SERVICE_UNAVAILABLE` */
  readonly beginMeeting: (wanted: MeetingWanted) => Promise<MeetingBegun>;
}

export interface OpenedStream {
  readonly followed: Followed;
  /** Seq of the last event that the client has. */
  readonly after: number;
  readonly rules: StreamRules;
  readonly wake?: Wake;
}

/** What is to be done when nothing has begun to write what is followed. */
export interface Wake {
  readonly afterMs: number;
  readonly begin: () => Promise<void>;
}

/** Everything was seen already: 204, which stops a standard EventSource. */
export const nothingLeft = ({ followed, after }: OpenedStream): boolean => followed.over && after >= followed.lastSeq;
