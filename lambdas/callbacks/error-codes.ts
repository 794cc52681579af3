/** Codes that only this service answers with, and their status (docs/contracts/callbacks.md). */
export const callbacksErrors = {
  CALLBACK_BUILDING: 400,
  CALLBACK_NOT_FOUND: 404,
  CALLBACK_NOT_REGISTERED: 404,
  CHATROOM_NOT_FOUND: 404,
  CHAT_NOT_FOUND: 404,
  CALLBACK_EXISTS: 409,
  CALLBACK_LINK_INVALID: 409,
  CHATROOM_LINK_INVALID: 409,
  PATH_RESERVED: 409,
  LIMIT_REACHED: 409,
} as const;

type CallbacksErrors = typeof callbacksErrors;
declare module '../platform/http/errors' {
  interface ServiceErrors extends CallbacksErrors {}
}
