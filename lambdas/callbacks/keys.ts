import type { CallMethod } from './limits';

/** Keys of this service in the entities table; the workspace is part of every partition key. */

const sortable = (id: number): string => String(id).padStart(12, '0');

export const callbacksPartition = (workspace: string): string => `${workspace}#CALLBACKS`;
export const callbackKey = (workspace: string, id: number) => ({ pk: callbacksPartition(workspace), sk: sortable(id) });

/** All methods of one path stand together: one read finds a call's callback, one query what a path takes. */
export const pathPartition = (workspace: string, name: string): string => `${workspace}#CALLBACK_PATH#${name}`;
export const routeKey = (workspace: string, name: string, method: CallMethod) => ({
  pk: pathPartition(workspace, name),
  sk: method,
});

export const roomsPartition = (workspace: string): string => `${workspace}#CHAT_ROOMS`;
export const roomKey = (workspace: string, id: number) => ({ pk: roomsPartition(workspace), sk: sortable(id) });

export const chatsPartition = (workspace: string): string => `${workspace}#CHATS`;
export const chatKey = (workspace: string, id: number) => ({ pk: chatsPartition(workspace), sk: sortable(id) });

/** Which chats a room has: the ids only, the chats stand in their own partition. */
export const chatsOfRoomPartition = (workspace: string, roomId: number): string =>
  `${workspace}#CHATS_OF_ROOM#${roomId}`;
export const chatOfRoomKey = (workspace: string, roomId: number, id: number) => ({
  pk: chatsOfRoomPartition(workspace, roomId),
  sk: sortable(id),
});

/** A bundle of packages by what is in it, and what a library text was resolved to. */
export const bundleKey = (workspace: string, address: string) => ({
  pk: `${workspace}#LIBRARY#${address}`,
  sk: 'BUNDLE',
});
export const resolutionKey = (workspace: string, wanted: string) => ({
  pk: `${workspace}#LIBRARY_TEXT#${wanted}`,
  sk: 'RESOLUTION',
});

export type Counted = 'callbacks' | 'rooms' | 'chats';

/** The last id given, and how many there are. Two items: ids are taken outside of the transaction that counts. */
export const lastIdKey = (workspace: string, what: Counted) => ({
  pk: `${workspace}#CALLBACK_COUNTERS`,
  sk: `ID#${what}`,
});
export const countKey = (workspace: string, what: Counted) => ({
  pk: `${workspace}#CALLBACK_COUNTERS`,
  sk: `COUNT#${what}`,
});
