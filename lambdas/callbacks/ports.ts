import type { CallPorts } from '../engine';
import type { RateLimit } from '../platform/rate-limit';
import type { ChatStore } from './chat/chat-store';
import type { Counters } from './counters';
import type { Links } from './chat/links';
import type { ReservedNames } from './reserved-names';
import type { ChatRoomStore } from './chat/chat-room-store';
import type { Sources } from './registry/sources';
import type { StartBuild } from './deploy/start-build';
import type { CallbackStore } from './registry/store';

/** What the use cases of this service stand on; `store`, `blobs` and the like of the engine run the calls. */
export interface Ports extends CallPorts {
  readonly callbacks: CallbackStore;
  readonly rooms: ChatRoomStore;
  readonly chats: ChatStore;
  readonly counters: Counters;
  readonly links: Links;
  readonly sources: Sources;
  readonly startBuild: StartBuild;
  readonly rateLimit: RateLimit;
  readonly reserved: ReservedNames;
}
