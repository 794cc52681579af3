import * as z from 'zod';
import { queryInteger } from '../platform/http/query';
import type { RouteTable } from '../platform/http/route';
import {
  Callback,
  CallAnswer,
  CallbackChange,
  CallbackWithCode,
  Chat,
  ChatChange,
  ChatRoom,
  ChatRoomChange,
  DeployedCallback,
  DeployRequest,
  Message,
  NewCallback,
  NewChat,
  NewChatRoom,
} from './contract';
import { CALLBACK_LIMITS, type CallMethod } from './limits';

const integerId = z
  .string()
  .regex(/^-?\d{1,20}$/, { error: 'must be an integer' })
  .transform(Number);

const byCallback = z.object({ callback_id: integerId });
const byChat = z.object({ chat_id: integerId });
const page = (limit: number) => ({
  limit: queryInteger(1, limit, limit),
  cursor: z.string().optional().meta({ description: 'X-Next-Cursor of the page before.' }),
});
const pageHeaders = ['X-Next-Cursor'] as const;
const badBody = ['INVALID_JSON', 'VALIDATION_ERROR', 'PAYLOAD_TOO_LARGE'] as const;

/** One of the routes by which a callback is called: any query, any body. `Idempotency-Key` has no meaning here. */
const call = <M extends CallMethod, P extends `/${string}`>(method: M, path: P) =>
  ({
    method,
    path,
    summary: 'Call the callback that is deployed under this path and method',
    scope: 'run',
    params: z.object({ path_name: z.string() }),
    body: { schema: z.instanceof(Buffer), unparsed: true, required: false },
    success: { status: 200, body: CallAnswer, orBytes: true },
    errors: ['CALLBACK_NOT_REGISTERED', 'ROUTE_NOT_FOUND', 'METHOD_NOT_ALLOWED', 'PAYLOAD_TOO_LARGE'],
  }) as const;

/** The callbacks API (docs/contracts/callbacks.md#endpoints). */
export const callbacksRoutes = {
  createCallback: {
    method: 'POST',
    path: '/callbacks',
    summary: 'Register a callback',
    scope: 'write',
    body: {
      schema: NewCallback,
      idempotent: true,
      example: {
        path: '/tax',
        method: 'post',
        type: 'python',
        env: { RATE: 0.1 },
        code:
          'import os\ndef lambda_handler(event, context):\n' +
          "    return {'statusCode': 200, 'tax': round(event['body']['price'] * float(os.environ['RATE']))}\n",
      },
    },
    success: { status: 200, body: Callback, headers: ['Idempotency-Replayed'] },
    errors: [
      ...badBody,
      'UNSUPPORTED_RUNTIME',
      'CALLBACK_EXISTS',
      'PATH_RESERVED',
      'LIMIT_REACHED',
      'CHATROOM_LINK_INVALID',
      'IDEMPOTENCY_KEY_REUSED',
      'IDEMPOTENCY_IN_PROGRESS',
    ],
  },
  listCallbacks: {
    method: 'GET',
    path: '/callbacks',
    summary: 'List callbacks, by id, without their code',
    scope: 'read',
    query: z.object(page(CALLBACK_LIMITS.page.callbacks)),
    success: { status: 200, body: z.array(Callback), headers: pageHeaders },
    errors: ['VALIDATION_ERROR'],
  },
  getCallback: {
    method: 'GET',
    path: '/callbacks/{callback_id}',
    summary: 'Read a callback with its code',
    scope: 'read',
    params: byCallback,
    success: { status: 200, body: CallbackWithCode },
    errors: ['VALIDATION_ERROR', 'CALLBACK_NOT_FOUND'],
  },
  updateCallback: {
    method: 'PUT',
    path: '/callbacks/{callback_id}',
    summary: 'Change a callback; env works at once, the rest with the next deploy',
    scope: 'write',
    params: byCallback,
    body: { schema: CallbackChange },
    success: { status: 200, body: Callback },
    errors: [
      ...badBody,
      'UNSUPPORTED_RUNTIME',
      'CALLBACK_NOT_FOUND',
      'CALLBACK_EXISTS',
      'PATH_RESERVED',
      'CHATROOM_LINK_INVALID',
    ],
  },
  deleteCallback: {
    method: 'DELETE',
    path: '/callbacks/{callback_id}',
    summary: 'Delete a callback; its routes are gone at once',
    scope: 'write',
    params: byCallback,
    success: { status: 200, body: Message },
    errors: ['VALIDATION_ERROR', 'CALLBACK_NOT_FOUND', 'CALLBACK_BUILDING'],
  },
  deploy: {
    method: 'POST',
    path: '/deploy',
    summary: 'Deploy or undeploy a callback; answers at once',
    scope: 'write',
    body: { schema: DeployRequest, idempotent: true, example: { callback_id: 17, status: true } },
    success: { status: 200, body: Callback, headers: ['Idempotency-Replayed'] },
    errors: [...badBody, 'CALLBACK_NOT_FOUND', 'IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_IN_PROGRESS'],
  },
  deployAndWait: {
    method: 'POST',
    path: '/callback/deploy',
    summary: 'Deploy or undeploy a callback; answers after the build, or after 25 s',
    scope: 'write',
    body: { schema: DeployRequest, idempotent: true, example: { callback_id: 17, status: true } },
    success: { status: 200, body: DeployedCallback, headers: ['Idempotency-Replayed'] },
    errors: [...badBody, 'CALLBACK_NOT_FOUND', 'IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_IN_PROGRESS'],
  },
  callGet: call('GET', '/api/{path_name}'),
  callPost: call('POST', '/api/{path_name}'),
  callPut: call('PUT', '/api/{path_name}'),
  callPatch: call('PATCH', '/api/{path_name}'),
  callDelete: call('DELETE', '/api/{path_name}'),
  callKubeGet: call('GET', '/api/kube/{path_name}'),
  callKubePost: call('POST', '/api/kube/{path_name}'),
  callKubePut: call('PUT', '/api/kube/{path_name}'),
  callKubePatch: call('PATCH', '/api/kube/{path_name}'),
  callKubeDelete: call('DELETE', '/api/kube/{path_name}'),
  createChatRoom: {
    method: 'POST',
    path: '/chatroom',
    summary: 'Open a chat room',
    scope: 'write',
    body: { schema: NewChatRoom, idempotent: true, example: { title: 'tax helper' } },
    success: { status: 200, body: ChatRoom, headers: ['Idempotency-Replayed'] },
    errors: [...badBody, 'CALLBACK_LINK_INVALID', 'LIMIT_REACHED', 'IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_IN_PROGRESS'],
  },
  listChatRooms: {
    method: 'GET',
    path: '/chatroom',
    summary: 'List chat rooms, by id',
    scope: 'read',
    query: z.object(page(CALLBACK_LIMITS.page.rooms)),
    success: { status: 200, body: z.array(ChatRoom), headers: pageHeaders },
    errors: ['VALIDATION_ERROR'],
  },
  getChatRoom: {
    method: 'GET',
    path: '/chatroom/{chat_id}',
    summary: 'Read a chat room',
    scope: 'read',
    params: byChat,
    success: { status: 200, body: ChatRoom },
    errors: ['VALIDATION_ERROR', 'CHATROOM_NOT_FOUND'],
  },
  updateChatRoom: {
    method: 'PUT',
    path: '/chatroom/{chat_id}',
    summary: 'Change a chat room',
    scope: 'write',
    params: byChat,
    body: { schema: ChatRoomChange },
    success: { status: 200, body: ChatRoom },
    errors: [...badBody, 'CHATROOM_NOT_FOUND', 'CALLBACK_LINK_INVALID'],
  },
  deleteChatRoom: {
    method: 'DELETE',
    path: '/chatroom/{chat_id}',
    summary: 'Delete a chat room with its chats and its callback',
    scope: 'write',
    params: byChat,
    success: { status: 200, body: Message },
    errors: ['VALIDATION_ERROR', 'CHATROOM_NOT_FOUND'],
  },
  listChatsOfRoom: {
    method: 'GET',
    path: '/chatroom/{chat_id}/chats',
    summary: "List a room's chats, oldest first",
    scope: 'read',
    params: byChat,
    query: z.object(page(CALLBACK_LIMITS.page.chats)),
    success: { status: 200, body: z.array(Chat), headers: pageHeaders },
    errors: ['VALIDATION_ERROR', 'CHATROOM_NOT_FOUND'],
  },
  createChat: {
    method: 'POST',
    path: '/chats',
    summary: 'Say something in a chat room',
    scope: 'write',
    body: { schema: NewChat, idempotent: true, example: { chat_room_id: 4, chats: 'make it 10 percent' } },
    success: { status: 200, body: Chat, headers: ['Idempotency-Replayed'] },
    errors: [...badBody, 'CHATROOM_LINK_INVALID', 'IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_IN_PROGRESS'],
  },
  listChats: {
    method: 'GET',
    path: '/chats',
    summary: 'List chats, oldest first',
    scope: 'read',
    query: z.object({
      chat_room_id: queryInteger(1, Number.MAX_SAFE_INTEGER, 0).meta({ description: 'Only chats of this room.' }),
      ...page(CALLBACK_LIMITS.page.chats),
    }),
    success: { status: 200, body: z.array(Chat), headers: pageHeaders },
    errors: ['VALIDATION_ERROR'],
  },
  getChat: {
    method: 'GET',
    path: '/chats/{chat_id}',
    summary: 'Read a chat',
    scope: 'read',
    params: byChat,
    success: { status: 200, body: Chat },
    errors: ['VALIDATION_ERROR', 'CHAT_NOT_FOUND'],
  },
  updateChat: {
    method: 'PUT',
    path: '/chats/{chat_id}',
    summary: 'Change the text of a chat',
    scope: 'write',
    params: byChat,
    body: { schema: ChatChange, example: { chats: 'make it 12 percent' } },
    success: { status: 200, body: Chat },
    errors: [...badBody, 'CHAT_NOT_FOUND'],
  },
  deleteChat: {
    method: 'DELETE',
    path: '/chats/{chat_id}',
    summary: 'Delete a chat',
    scope: 'write',
    params: byChat,
    success: { status: 200, body: Message },
    errors: ['VALIDATION_ERROR', 'CHAT_NOT_FOUND'],
  },
} as const satisfies RouteTable;
