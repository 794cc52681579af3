import { similarity, type Embedder } from '../../../../lambdas/decisions/people/embedder';
import { titanEmbedder } from '../../../../lambdas/decisions/people/titan-embedder';
import { bedrockRuntime } from '../../../../lambdas/decisions/providers/settings';
import { startBedrock, type Asked, type ModelServer, type Reply } from '../../../support/model-server';

/** Amazon Titan Text Embeddings V2 (docs/contracts/decisions.md#routing-score), over a server that speaks as Bedrock does. */

const open: ModelServer[] = [];
afterEach(() => Promise.all(open.splice(0).map((server) => server.close())));

async function serving(answer: (asked: Asked) => Reply): Promise<{ server: ModelServer; embedder: Embedder }> {
  const server = await startBedrock(answer);
  open.push(server);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = bedrockRuntime('us-east-1', { endpoint: server.url, credentials });
  return { server, embedder: titanEmbedder(client) };
}

const textIn = ({ body }: Asked): string => String(body['inputText']);
/** Points along the first dimension, and is not of length 1. */
const VECTOR = Array.from({ length: 256 }, (_, at) => (at === 0 ? 3 : 0));

test('asks for 256 dimensions, normalised, one text at a time, and answers in their order', async () => {
  const { server, embedder } = await serving((asked) => ({
    json: { embedding: [textIn(asked).length, ...Array<number>(255).fill(1)], inputTextTokenCount: 3 },
  }));
  const texts = Array.from({ length: 45 }, (_, at) => 'x'.repeat(at + 1));
  const vectors = await embedder.embed(texts);
  expect(vectors.map(([first = 0, second = 1]) => Math.round(first / second))).toEqual(texts.map((one) => one.length));
  for (const vector of vectors) expect(similarity(vector, vector)).toBeCloseTo(1, 5);
  const [asked] = server.asked;
  expect(asked?.path).toBe('/model/amazon.titan-embed-text-v2%3A0/invoke');
  expect(asked?.body).toMatchObject({ dimensions: 256, normalize: true });
  expect(asked?.headers.authorization).toMatch(/\/us-east-1\/bedrock\/aws4_request/);
});

test('a blank text is like nothing, and nobody is asked', async () => {
  const { server, embedder } = await serving(() => ({ status: 500 }));
  const [vector] = await embedder.embed([' \n']);
  expect(vector).toEqual(new Float32Array(256));
  expect(server.asked).toEqual([]);
});

test('of a text that has too many tokens the beginning is read', async () => {
  const { server, embedder } = await serving((asked) =>
    textIn(asked).length > 7_000
      ? { status: 400, name: 'ValidationException' }
      : { json: { embedding: VECTOR, inputTextTokenCount: 1 } },
  );
  const [vector] = await embedder.embed(['환불 '.repeat(20_000)]);
  expect(vector?.[0]).toBe(1);
  expect(server.asked.map((asked) => textIn(asked).length)).toEqual([24_000, 12_000, 6_000]);
});

test.each<[string, Reply, object]>([
  ['throttles', { status: 429, name: 'ThrottlingException' }, { kind: 'throttled', recoverable: true }],
  ['is down', { status: 503, name: 'ServiceUnavailableException' }, { kind: 'unavailable', recoverable: true }],
  ['may not be used', { status: 403, name: 'AccessDeniedException' }, { kind: 'refused', recoverable: false }],
  ['takes nothing', { status: 400, name: 'ValidationException' }, { kind: 'internal', recoverable: false }],
  ['has other dimensions', { json: { embedding: [1, 2] } }, { kind: 'unavailable', recoverable: true }],
  ['answers nothing', { json: [] }, { kind: 'unavailable', recoverable: true }],
])('a model that %s fails as a provider does', async (_, reply, expected) => {
  const { embedder } = await serving(() => reply);
  await expect(embedder.embed(['refund policy'])).rejects.toMatchObject({ name: 'ProviderFailed', ...expected });
});

test('it ends when nobody waits any longer', async () => {
  const stop = new AbortController();
  const { embedder } = await serving(() => {
    stop.abort();
    return { silentAfter: '' };
  });
  await expect(embedder.embed(['refund policy'], stop.signal)).rejects.toMatchObject({ kind: 'timeout' });
});
