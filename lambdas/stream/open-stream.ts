import { openDecision } from './sources/decision';
import { openMeeting } from './sources/meeting';
import { openRun } from './sources/run';
import { openTask } from './sources/task';
import type { OpenedStream, StreamPorts, StreamRequest } from './stream-request';

const OPENERS: Readonly<Record<StreamRequest['route'], typeof openRun>> = {
  streamInvocation: openRun,
  streamTask: openTask,
  streamDecision: openDecision,
  generateMeeting: openMeeting,
};

/** Decides whether and from where something may be followed. @throws AppError */
export const openStream = (request: StreamRequest, ports: StreamPorts): Promise<OpenedStream> =>
  OPENERS[request.route](request, ports);
