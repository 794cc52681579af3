import { ConverseStreamCommand, type BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import {
  Answer,
  failed,
  fieldOf,
  isBrokenConnection,
  kindOfStatus,
  MOST_ANSWER_MS,
  readable,
  whileWanted,
} from './model';
import type { FailureKind, Model, ModelCall, Prompt } from './model';
import { ProviderFailed } from './provider';

const MOST_TOKENS = 2_000;

/**
 * A model of Amazon Bedrock, over ConverseStream.
 * @param modelId of a model or of an inference profile
 */
export const bedrockModel = (client: BedrockRuntimeClient, modelId: string): Model => ({
  name: 'bedrock',
  async answer(prompt, call) {
    const signal = AbortSignal.any([call.signal, AbortSignal.timeout(MOST_ANSWER_MS)]);
    try {
      return await converse(client, modelId, prompt, { ...call, signal });
    } catch (error) {
      throw bedrockFailure(error, signal);
    }
  },
});

async function converse(
  client: BedrockRuntimeClient,
  modelId: string,
  { system, messages }: Prompt,
  call: ModelCall,
): Promise<string> {
  const command = new ConverseStreamCommand({
    modelId,
    system: [{ text: system }],
    messages: messages.map(({ role, text }) => ({ role, content: [{ text }] })),
    inferenceConfig: { maxTokens: MOST_TOKENS },
  });
  const { stream } = await client.send(command, { abortSignal: call.signal });
  if (!stream) throw failed('unavailable', new Error('An answer without a stream'));
  const answer = new Answer(call);
  let isWhole = false;
  const events = readable(stream, (error) => bedrockFailure(error, call.signal, 'unavailable'));
  for await (const event of whileWanted(events, call.signal)) {
    await answer.add(event.contentBlockDelta?.delta?.text ?? '');
    isWhole ||= event.messageStop !== undefined;
  }
  if (!isWhole) throw failed('unavailable', new Error('The stream ended before the message did'));
  return answer.text;
}

const KINDS: Readonly<Record<string, FailureKind>> = {
  ThrottlingException: 'throttled',
  TooManyRequestsException: 'throttled',
  ServiceQuotaExceededException: 'throttled',
  ModelTimeoutException: 'timeout',
  TimeoutError: 'timeout',
  ModelErrorException: 'unavailable',
  ModelNotReadyException: 'unavailable',
  ModelStreamErrorException: 'unavailable',
  InternalServerException: 'unavailable',
  ServiceUnavailableException: 'unavailable',
  AccessDeniedException: 'refused',
  UnrecognizedClientException: 'refused',
  InvalidSignatureException: 'refused',
  ExpiredTokenException: 'refused',
  CredentialsProviderError: 'refused',
  ResourceNotFoundException: 'refused',
  ValidationException: 'internal',
};

/**
 * What a failure of Bedrock means to who waits for an answer.
 * @param signal that the call was made with
 * @param otherwise what an error means that says nothing of itself
 */
export function bedrockFailure(
  error: unknown,
  signal: AbortSignal,
  otherwise: FailureKind = 'internal',
): ProviderFailed {
  if (error instanceof ProviderFailed) return error;
  if (signal.aborted) return failed('timeout', error);
  const name = fieldOf(error, 'name');
  const known = typeof name === 'string' && Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (known) return failed(known, error);
  if (isBrokenConnection(error)) return failed('unavailable', error);
  const status = fieldOf(fieldOf(error, '$metadata'), 'httpStatusCode');
  return failed(typeof status === 'number' && status >= 400 ? kindOfStatus(status) : otherwise, error);
}
