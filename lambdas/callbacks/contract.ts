import * as z from 'zod';
import { Environment, SourceCode, utf8Bytes, WELL_FORMED, WITHOUT_NUL } from '../engine/contract';
import { Language, LANGUAGES, RuntimeName, RUNTIMES } from '../platform/runtimes';
import { PACKAGES } from '../platform/runtimes/packages';
import { CALLBACK_LIMITS, METHODS } from './limits';

/** Shapes of the callbacks API (docs/contracts/callbacks.md#resources). */

/** What a path is compared and called by: without the slashes around it. */
export const nameOf = (path: string): string => path.replace(/^\/+|\/+$/g, '');

const Path = z
  .string()
  .min(1)
  .refine((path) => /^[A-Za-z0-9_][A-Za-z0-9._~-]{0,127}$/.test(nameOf(path)), {
    error: 'must be one segment of 1 to 128 letters, digits and . _ ~ -, not beginning with . ~ or -',
  })
  .meta({ description: 'One segment, with or without slashes around it; answered as it was sent.' });

const Method = z
  .string()
  .min(1)
  .transform((method) => method.toUpperCase())
  .pipe(z.enum(METHODS))
  .meta({ description: 'GET, POST, PUT, PATCH or DELETE, in any case of letters.' });

const Text = z.string().refine(...WELL_FORMED);

const LIBRARY_FORMATS = RUNTIMES.map(({ language }) => `${language}: ${PACKAGES[language].format}`).join('; ');

const Library = Text.refine(...WITHOUT_NUL)
  .refine((text) => utf8Bytes(text) <= CALLBACK_LIMITS.libraryBytes, {
    error: `must have at most ${CALLBACK_LIMITS.libraryBytes} bytes`,
  })
  .meta({ description: `${LIBRARY_FORMATS}. At most 16 KiB.` });

/** Values that are numbers or booleans are kept as text. */
const Env = z
  .record(
    z.string(),
    z
      .union([z.string(), z.number(), z.boolean()], { error: 'must be a string, a number or a boolean' })
      .transform(String),
  )
  .pipe(Environment)
  .meta({
    description: 'At most 50 names, 32 KiB in all. Read back masked; a value of ******** keeps the stored one.',
  });

const linkTo = (what: string) =>
  z
    .int()
    .nullish()
    .meta({ description: `Id of a ${what} to link with; null or absent: none, or unchanged.` });

export const NewCallback = z
  .object({
    path: Path,
    method: Method,
    type: z
      .string()
      .min(1)
      .meta({ description: `${LANGUAGES}, in any of the usual spellings.` }),
    code: SourceCode,
    library: Library.nullish(),
    env: Env.nullish(),
    chat_id: linkTo('chat room'),
  })
  .meta({ id: 'NewCallback' });
export type NewCallback = z.output<typeof NewCallback>;

/** Null or absent means unchanged, for every field (docs/contracts/callbacks.md#rooms). */
export const CallbackChange = z
  .object({
    path: Path.nullish(),
    method: Method.nullish(),
    type: NewCallback.shape.type.nullish(),
    code: SourceCode.nullish(),
    library: Library.nullish(),
    env: Env.nullish(),
    chat_id: linkTo('chat room'),
  })
  .meta({ id: 'CallbackChange' });
export type CallbackChange = z.output<typeof CallbackChange>;

const Time = z.iso.datetime({ precision: 3 });

export const CALLBACK_STATES = ['pending', 'build', 'deployed', 'undeployed', 'failed'] as const;

export const Callback = z
  .object({
    callback_id: z.int(),
    path: z.string(),
    method: z.enum(METHODS),
    type: Language,
    runtime: RuntimeName,
    status: z.enum(CALLBACK_STATES),
    live: z.boolean(),
    pending_changes: z.boolean(),
    updated_at: Time,
    library: z.string().nullable(),
    env: z.record(z.string(), z.literal('********')).nullable(),
    last_error: z.string().nullable(),
  })
  .meta({ id: 'Callback' });
export type Callback = z.output<typeof Callback>;

export const CallbackWithCode = Callback.extend({ code: z.string() }).meta({ id: 'CallbackWithCode' });
export const DeployedCallback = Callback.extend({ message: z.string(), image: z.string() }).meta({
  id: 'DeployedCallback',
});

export const DeployRequest = z
  .object({
    callback_id: z.int(),
    status: z.boolean().meta({ description: 'true: deploy; false: undeploy.' }),
    c_type: z.enum(['docker', 'kube']).nullish().meta({ description: "Both mean the platform's runner." }),
  })
  .meta({ id: 'DeployRequest' });

/** What a call answers, whatever came of it, once the handler was started. */
export const CallAnswer = z
  .object({
    lambdaStatusCode: z.union([z.literal(200), z.literal(400), z.literal(500), z.literal(504)]),
    lambda_status_code: z
      .union([z.literal(400), z.literal(500), z.literal(504)])
      .optional()
      .meta({ description: 'The same number, when the platform ended the call rather than the handler.' }),
    body: z.unknown(),
  })
  .meta({ id: 'CallAnswer' });
export type CallAnswer = z.output<typeof CallAnswer>;

const Title = Text.min(1)
  .max(CALLBACK_LIMITS.titleChars)
  .refine(...WITHOUT_NUL);
const ChatText = Text.min(1).refine((text) => utf8Bytes(text) <= CALLBACK_LIMITS.chatBytes, {
  error: `must have at most ${CALLBACK_LIMITS.chatBytes} bytes`,
});

export const NewChatRoom = z.object({ title: Title, callback_id: linkTo('callback') }).meta({ id: 'NewChatRoom' });
export const ChatRoomChange = z
  .object({ title: Title.nullish(), callback_id: linkTo('callback') })
  .meta({ id: 'ChatRoomChange' });

export const ChatRoom = z
  .object({ chat_id: z.int(), title: z.string(), callback_id: z.int().nullable(), created_at: Time })
  .meta({ id: 'ChatRoom' });
export type ChatRoom = z.output<typeof ChatRoom>;

export const NewChat = z.object({ chat_room_id: z.int(), chats: ChatText }).meta({ id: 'NewChat' });
export const ChatChange = z.object({ chats: ChatText }).meta({ id: 'ChatChange' });

export const Chat = z
  .object({ chat_id: z.int(), chat_room_id: z.int(), chats: z.string(), created_at: Time })
  .meta({ id: 'Chat' });
export type Chat = z.output<typeof Chat>;

export const Message = z.object({ message: z.string() }).meta({ id: 'Message' });
