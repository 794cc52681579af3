import { InvokeModelCommand, type BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import * as z from 'zod';
import { inGroups } from '../../platform/in-groups';
import { bedrockFailure } from '../providers/bedrock';
import { TITAN_MODEL } from '../providers/contract';
import { failed, fieldOf } from '../providers/model';
import { DIMENSIONS, type Embedder } from './embedder';

/** Calls at the same time: the model takes one text each. */
const AT_ONCE = 20;
/** Milliseconds for one text. */
const MOST_MS = 8_000;
/** Code points of a text at first. The model counts tokens, of which it takes 8,192, and refuses what has more. */
const MOST_TEXT = 24_000;
/** A text that is refused is halved so often at most. */
const HALVINGS = 3;

const Answer = z.object({ embedding: z.array(z.number()).length(DIMENSIONS) });

/**
 * Amazon Titan Text Embeddings V2, 256 dimensions, normalised (docs/contracts/decisions.md#routing-score). Of a long text it
 * reads the beginning.
 */
export const titanEmbedder = (client: BedrockRuntimeClient): Embedder => ({
  name: 'titan',
  /** @throws ProviderFailed */
  embed: (texts, signal) => inGroups(texts, AT_ONCE, (text) => embedText(client, text, signal)),
});

async function embedText(
  client: BedrockRuntimeClient,
  text: string,
  wanted: AbortSignal | undefined,
): Promise<Float32Array> {
  if (text.trim() === '') return new Float32Array(DIMENSIONS);
  let points = Array.from(text).slice(0, MOST_TEXT);
  for (let halved = 0; ; halved += 1) {
    const signal = AbortSignal.any([AbortSignal.timeout(MOST_MS), ...(wanted ? [wanted] : [])]);
    try {
      return await ask(client, points.join(''), signal);
    } catch (error) {
      const isTooLong = fieldOf(error, 'name') === 'ValidationException';
      if (!isTooLong || halved >= HALVINGS) throw bedrockFailure(error, signal);
      points = points.slice(0, Math.ceil(points.length / 2));
    }
  }
}

async function ask(client: BedrockRuntimeClient, inputText: string, abortSignal: AbortSignal): Promise<Float32Array> {
  const command = new InvokeModelCommand({
    modelId: TITAN_MODEL,
    contentType: 'application/json',
    accept: 'application/json',
    body: JSON.stringify({ inputText: inputText.toWellFormed(), dimensions: DIMENSIONS, normalize: true }),
  });
  const { body } = await client.send(command, { abortSignal });
  const answer = Answer.safeParse(parse(body.transformToString()));
  if (!answer.success) throw failed('unavailable', answer.error);
  return ofLengthOne(answer.data.embedding);
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Cosines are sums of products, which counts on it. */
function ofLengthOne(numbers: readonly number[]): Float32Array {
  const norm = Math.sqrt(numbers.reduce((sum, value) => sum + value * value, 0));
  return Float32Array.from(numbers, (value) => (norm === 0 ? 0 : value / norm));
}
