import type { Examples } from '../platform/manifest';

/** What the callbacks API is sent and answers. */

const CALLBACK = {
  callback_id: 17,
  path: '/tax',
  method: 'POST',
  type: 'python',
  runtime: 'python3.13',
  status: 'deployed',
  live: true,
  pending_changes: false,
  updated_at: '2026-11-21T05:58:58.489Z',
  library: null,
  env: { RATE: '********' },
  last_error: null,
};

export const callbacksExamples: Examples = {
  Callback: CALLBACK,
  CallbackWithCode: { ...CALLBACK, code: 'def handler(event):\n    return event["body"]\n' },
  DeployedCallback: { ...CALLBACK, message: 'Deployed.', image: 'callback_17' },
  CallbackChange: { code: 'def handler(event):\n    return {"tax": event["body"]["price"] * 0.1}\n' },
  CallAnswer: { lambdaStatusCode: 200, body: { tax: 12 } },
  Message: { message: 'deleted' },
  ChatRoom: { chat_id: 4, title: 'tax helper', callback_id: 17, created_at: '2026-11-21T05:58:57.673Z' },
  ChatRoomChange: { title: 'tax and customs' },
  Chat: { chat_id: 9, chat_room_id: 4, chats: 'make it 10 percent', created_at: '2026-11-21T05:58:57.673Z' },
  ChatChange: { chats: 'make it 12 percent' },
};
