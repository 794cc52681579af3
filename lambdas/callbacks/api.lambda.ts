import * as z from 'zod';
import { Blobs, Envelope, lambdaCall, reportFault, reportEnd, RunStore, SourceStore } from '../engine';
import { dynamo, kms, s3, sfn, waitingLambda } from '../platform/aws/clients';
import { composeService } from '../platform/http/service';
import { rateLimitOf, serviceEnv } from '../platform/rate-limit';
import { readEnv } from '../platform/env';
import { randomIds } from '../platform/ids';
import { callCallback } from './call/call-callback';
import { updateCallback } from './registry/update-callback';
import { updateChatRoom, createChatRoom, deleteChatRoom, getChatRoom, listChatRooms } from './chat/chat-rooms';
import { ChatStore } from './chat/chat-store';
import { updateChat, createChat, deleteChat, getChat, listChats, listChatsOfRoom } from './chat/chats';
import { Counters } from './counters';
import { createCallback } from './registry/create-callback';
import { deleteCallback } from './registry/delete-callback';
import { deploy, deployAndWait } from './deploy/deploy';
import { Links } from './chat/links';
import type { Ports } from './ports';
import { getCallback, listCallbacks } from './registry/read-callbacks';
import { ReservedNames } from './reserved-names';
import { ChatRoomStore } from './chat/chat-room-store';
import { callbacksErrors } from './error-codes';
import { callbacksRoutes } from './routes';
import { Sources } from './registry/sources';
import { startExecution } from '../platform/pipeline/start-execution';
import { executionStartBuild } from './deploy/start-build';
import { CallbackStore } from './registry/store';
import { writeBody } from './text-clients';

const env = readEnv(
  serviceEnv.extend({
    NARAE_RUNNER_FUNCTION: z.string().min(1),
    NARAE_CALLBACK_BUILDS: z.string().min(1),
    NARAE_DATA_KEY_ID: z.string().min(1),
    NARAE_RESERVED_NAMES: z.string().default(''),
  }),
);
const db = dynamo();
const { clock, endpoint, observed } = composeService('callbacks', env, db);
const bucket = s3();
const rooms = new ChatRoomStore(db, env.NARAE_ENTITIES_TABLE);

const ports: Ports = {
  clock,
  ids: randomIds,
  store: new RunStore(db, env.NARAE_RUNS_TABLE, reportEnd(env)),
  blobs: new Blobs(bucket, env.NARAE_BUCKET, clock),
  envelope: new Envelope(kms(), env.NARAE_DATA_KEY_ID, clock),
  call: lambdaCall(waitingLambda(), env.NARAE_RUNNER_FUNCTION, reportFault(observed)),
  callbacks: new CallbackStore(db, env.NARAE_ENTITIES_TABLE),
  rooms,
  chats: new ChatStore(db, env.NARAE_ENTITIES_TABLE),
  counters: new Counters(db, env.NARAE_ENTITIES_TABLE),
  links: new Links(rooms),
  sources: new Sources(new SourceStore(bucket, env.NARAE_BUCKET)),
  reserved: new ReservedNames(env.NARAE_RESERVED_NAMES),
  startBuild: executionStartBuild(startExecution(sfn(), env.NARAE_CALLBACK_BUILDS)),
  rateLimit: rateLimitOf(env),
};

export const handler = endpoint({
  errors: callbacksErrors,
  routes: callbacksRoutes,
  useCases: {
    createCallback: createCallback(ports),
    listCallbacks: listCallbacks(ports),
    getCallback: getCallback(ports),
    updateCallback: updateCallback(ports),
    deleteCallback: deleteCallback(ports),
    deploy: deploy(ports),
    deployAndWait: deployAndWait(ports),
    callGet: callCallback('GET', ports),
    callPost: callCallback('POST', ports),
    callPut: callCallback('PUT', ports),
    callPatch: callCallback('PATCH', ports),
    callDelete: callCallback('DELETE', ports),
    callKubeGet: callCallback('GET', ports),
    callKubePost: callCallback('POST', ports),
    callKubePut: callCallback('PUT', ports),
    callKubePatch: callCallback('PATCH', ports),
    callKubeDelete: callCallback('DELETE', ports),
    createChatRoom: createChatRoom(ports),
    listChatRooms: listChatRooms(ports),
    getChatRoom: getChatRoom(ports),
    updateChatRoom: updateChatRoom(ports),
    deleteChatRoom: deleteChatRoom(ports),
    listChatsOfRoom: listChatsOfRoom(ports),
    createChat: createChat(ports),
    listChats: listChats(ports),
    getChat: getChat(ports),
    updateChat: updateChat(ports),
    deleteChat: deleteChat(ports),
  },
  errorDetail: true,
  writeBody,
});
