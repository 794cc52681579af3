import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { AppError } from '../platform/http/errors';
import { parseJson } from '../platform/http/json-body';
import { MeetingBegun } from './contract';
import type { StreamPorts } from './stream-request';

/** How the stream has things begun that it then follows: it asks a function of the service that they belong to. */

/** A meeting is begun by a few reads and writes; the rest is for a function that has to start first. */
const MEETING_BEGINS_WITHIN_MS = 15_000;

/** Asks for a run to be taken up, and goes on: if that fails, the service's own sweep sees the run. */
export const beginDecision =
  (client: LambdaClient, FunctionName: string, failed: (cause: unknown) => void): StreamPorts['beginDecision'] =>
  async (run) => {
    const Payload = Buffer.from(JSON.stringify(run));
    await client.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload })).catch(failed);
  };

export const beginMeeting =
  (client: LambdaClient, FunctionName: string): StreamPorts['beginMeeting'] =>
  async (wanted) => {
    const abortSignal = AbortSignal.timeout(MEETING_BEGINS_WITHIN_MS);
    try {
      const command = new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(wanted)) });
      const { FunctionError, Payload = [] } = await client.send(command, { abortSignal });
      if (FunctionError !== undefined) throw new Error(`${FunctionName} failed: ${FunctionError}`);
      return MeetingBegun.parse(parseJson(Buffer.from(Payload)));
    } catch (cause) {
      throw new AppError('SERVICE_UNAVAILABLE', 'The meeting could not be begun. Try again shortly.', { cause });
    }
  };
