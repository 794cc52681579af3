import { ConfigError, parseConfig } from '../../lib/config';

/** The setting `decisions` (docs/deploy.md#configuration). */

const parsed = (decisions: unknown) => parseConfig('dev', [{ decisions }]).decisions;

function problemsOf(decisions: unknown): string {
  try {
    parsed(decisions);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('nothing was wrong');
}

const bedrock = (settings: object) => ({ provider: 'bedrock', bedrock: settings });
const server = (settings: object) => ({
  provider: 'openai-compatible',
  openAiCompatible: { baseUrl: 'https://models.example/v1', model: 'some', ...settings },
});

test('without it rules judge, and texts are compared without a model', () => {
  expect(parseConfig('dev', [{}]).decisions).toEqual({ provider: 'rules', embedder: 'local' });
  expect(parsed({})).toEqual({ provider: 'rules', embedder: 'local' });
});

test.each([
  bedrock({ model: 'anthropic.claude-sonnet-4-20250514-v1:0', region: 'us-west-2' }),
  bedrock({ model: 'vendor.m-v1:0', inferenceProfile: 'apac.vendor.m-v1:0' }),
  bedrock({
    model: 'vendor.m-v1:0',
    inferenceProfile: 'arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a1b2c3',
  }),
  server({ keySecret: 'models/key' }),
  server({ baseUrl: 'http://127.0.0.1:11434/v1' }),
  server({ baseUrl: 'http://localhost:8000/v1', keySecret: 'models/key' }),
  { embedder: 'titan' },
  { embedder: 'titan', bedrock: { region: 'eu-west-1' } },
])('%j is taken', (decisions) => {
  expect(parsed(decisions)).toMatchObject(decisions);
});

test.each<[unknown, RegExp]>([
  [{ provider: 'gpt' }, /decisions\.provider: must be "rules", "bedrock" or "openai-compatible"; it is "gpt"/],
  [{ embedder: 'other' }, /decisions\.embedder: must be "local" or "titan"; it is "other"/],
  [{ provider: 'bedrock' }, /decisions\.bedrock\.model: must be given, because provider is "bedrock"; it is missing/],
  [bedrock({ region: 'eu-west-1' }), /decisions\.bedrock\.model: must be given/],
  [bedrock({ model: 'us.vendor.m-v1:0' }), /an inference profile is "inferenceProfile"; it is "us\.vendor/],
  [bedrock({ model: '*' }), /decisions\.bedrock\.model: must be the id of a foundation model; it is "\*"/],
  [bedrock({ model: 'a.b', inferenceProfile: '*' }), /inferenceProfile: must be the id of an inference profile/],
  [bedrock({ model: 'a.b', region: 'Seoul' }), /decisions\.bedrock\.region: must be a region such as/],
  [{ provider: 'openai-compatible' }, /decisions\.openAiCompatible: must be given, because provider is/],
  [server({ baseUrl: 'models.example' }), /decisions\.openAiCompatible\.baseUrl: must be an http or https URL/],
  [server({ baseUrl: 'https://user:word@models.example/v1' }), /must have no query, and no credentials/],
  [
    server({ baseUrl: 'http://models.example/v1', keySecret: 'key' }),
    /baseUrl: must be https, because a key goes there/,
  ],
  [server({ model: '' }), /decisions\.openAiCompatible\.model: must be the name of a model/],
  [server({ keySecret: 'any*' }), /decisions\.openAiCompatible\.keySecret: must be the name of a secret/],
  [server({ key: 'sk-1' }), /decisions\.openAiCompatible: there is no setting named "key"/],
])('%j is refused, with what would be right', (decisions, message) => {
  expect(problemsOf(decisions)).toMatch(message);
});
