import { iso } from '../platform/time/clock';
import { runtimeOf } from '../platform/runtimes';
import { hasPendingChanges, expireLostBuild, type CallbackRecord } from './registry/callback';
import type { Callback, Chat, ChatRoom } from './contract';
import type { ChatRecord } from './chat/chat-store';
import { masked } from './registry/env';
import type { ChatRoomRecord } from './chat/chat-room-store';

/**
 * A callback as it is answered (docs/contracts/callbacks.md#resources). What shell clients read stands before free
 * text, which
 * may hold the characters they split at (section 8).
 */
export function toCallback(stored: CallbackRecord, now: number): Callback {
  const record = expireLostBuild(stored, now);
  return {
    callback_id: record.id,
    path: record.path,
    method: record.method,
    type: record.language,
    runtime: runtimeOf(record.language).name,
    status: record.status,
    live: record.deployment !== undefined,
    pending_changes: hasPendingChanges(record),
    updated_at: iso(record.updatedAt),
    library: record.library ?? null,
    env: masked(record.env),
    last_error: record.lastError ?? null,
  };
}

export const toChatRoom = ({ id, title, callbackId, createdAt }: ChatRoomRecord): ChatRoom => ({
  chat_id: id,
  title,
  callback_id: callbackId ?? null,
  created_at: iso(createdAt),
});

export const toChat = ({ id, roomId, text, createdAt }: ChatRecord): Chat => ({
  chat_id: id,
  chat_room_id: roomId,
  chats: text,
  created_at: iso(createdAt),
});
