import { inspect } from 'node:util';
import { ProviderFailed } from '../../../../lambdas/decisions/providers/provider';
import { inTurn, type Asked, type Reply } from '../../../support/model-server';
import { within } from '../../../support/wait';
import { CARD, DECISION, REVIEW, says } from '../../../support/model-answers';
import { KEY, listener, MODELS, questionAbout, served, type ModelName, type Served } from './support';

/** Models behind APIs (docs/contracts/decisions.md#provider-port), over servers that speak as theirs do. */

const open: Served[] = [];
afterEach(() => Promise.all(open.splice(0).map(({ server }) => server.close())));

async function serving(name: ModelName, answer: (asked: Asked, turn: number) => Reply): Promise<Served> {
  const one = await served(name, answer);
  open.push(one);
  return one;
}

async function failureOf(doing: Promise<unknown>): Promise<ProviderFailed> {
  const error: unknown = await doing.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ProviderFailed) return error;
  throw new Error('It did not fail as a provider does', { cause: error });
}

describe.each(MODELS)('%s', (name) => {
  test('says its reasoning while it thinks, and pieces with the last one are the whole', async () => {
    const { provider } = await serving(name, inTurn(says(DECISION)));
    const { pieces, call } = listener();
    const { last, ...decision } = await provider.decide(questionAbout(), call);
    expect(decision).toEqual({
      tier: 'MID',
      path: 'SOFT_GATE',
      reasoning: DECISION.reasoning,
      keyFactors: DECISION.key_factors,
    });
    expect(pieces.length).toBeGreaterThan(0);
    expect(`${pieces.join('')}${last}`).toBe(DECISION.reasoning);
    expect(last).not.toBe('');
  });

  test('reviews, composes and converses', async () => {
    const remarks = [
      { text: 'Why now?', perspective: 'critical' },
      { text: 'Because of the refunds.', perspective: 'supportive' },
    ];
    const { provider } = await serving(name, inTurn(says(REVIEW), says(CARD), says({ remarks })));
    const { call } = listener();
    const judged = { tier: 'HIGH', path: 'HARD_GATE', triggers: ['PAYMENT'] } as const;
    expect(await provider.review({ ...questionAbout(), ...judged, agent: 'FINANCE' }, call)).toMatchObject({
      findings: REVIEW.findings,
    });
    const decided = { action: 'APPROVE', score: 3.5, findings: [], ownerName: 'Oh Nari', coReviewerNames: [] } as const;
    expect(await provider.compose({ ...questionAbout(), ...judged, ...decided }, call)).toEqual({
      summary: CARD.summary,
      reasoning: CARD.reasoning,
      rollbackConditions: CARD.rollback_conditions,
      nextSteps: CARD.next_steps,
    });
    const participants = ['Ha Min', 'Oh Nari'].map((one) => ({ name: one, role: 'PM', persona: 'cautious' }));
    const round = { turn: 1, turns: 5, tone: 'balanced', conflictLevel: 'medium', before: [], notes: [] } as const;
    const { issue, language } = questionAbout();
    expect(await provider.converse({ ...round, issue, language, participants }, call)).toEqual(remarks);
  });

  test('JSON between words or fences is an answer, too', async () => {
    const { provider } = await serving(
      name,
      inTurn({ says: `Here:\n\`\`\`json\n${JSON.stringify(DECISION)}\n\`\`\`` }),
    );
    expect(await provider.decide(questionAbout(), listener().call)).toMatchObject({ tier: 'MID' });
  });

  test('an answer outside of the schema goes back once, with what is wrong', async () => {
    const wrong = { ...DECISION, risk_tier: 'SEVERE' };
    const { provider, server } = await serving(name, inTurn(says(wrong), says(DECISION)));
    const { pieces, call } = listener();
    const { tier, last } = await provider.decide(questionAbout(), call);
    expect(tier).toBe('MID');
    const [, repair] = server.asked;
    expect(server.asked).toHaveLength(2);
    expect(repair?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(repair?.messages[1]?.text).toBe(JSON.stringify(wrong));
    expect(repair?.messages[2]?.text).toMatch(/does not fit the schema.*risk_tier/s);
    expect(`${pieces.join('')}${last}`).toBe(DECISION.reasoning);
  });

  test.each<[string, Reply]>([
    ['no JSON', { says: 'I would rather not.' }],
    ['nothing', { says: '' }],
    ['another form', says({ ...DECISION, key_factors: 'none' })],
    ['no text', says({ ...DECISION, reasoning: ' \n' })],
    ['no end', { says: `{"reasoning":"${'and so on '.repeat(6_000)}` }],
  ])('%s, twice, is a failure that may pass', async (_, reply) => {
    const { provider, server } = await serving(name, inTurn(reply));
    const failure = await failureOf(provider.decide(questionAbout(), listener().call));
    expect(failure).toMatchObject({ kind: 'schema', recoverable: true });
    expect(server.asked.length).toBeLessThanOrEqual(2);
  });

  test.each<[string, Reply, string, boolean]>([
    ['too many requests', { status: 429, name: 'ThrottlingException' }, 'throttled', true],
    ['an internal error', { status: 500, name: 'InternalServerException' }, 'unavailable', true],
    ['no service', { status: 503, name: 'ServiceUnavailableException' }, 'unavailable', true],
    ['an error without a name', { status: 502 }, 'unavailable', true],
    ['a time-out of its own', { status: 408, name: 'ModelTimeoutException' }, 'timeout', true],
    ['no credentials', { status: 401, name: 'UnrecognizedClientException' }, 'refused', false],
    ['no access', { status: 403, name: 'AccessDeniedException' }, 'refused', false],
    ['no such model', { status: 404, name: 'ResourceNotFoundException' }, 'refused', false],
    ['a request that it does not take', { status: 400, name: 'ValidationException' }, 'internal', false],
    ['an address elsewhere', { status: 307 }, 'internal', false],
    ['a connection that breaks', { cutAfter: '{"reasoning":"Some' }, 'unavailable', true],
    ['an end without a finish', { endsAfter: JSON.stringify(DECISION) }, 'unavailable', true],
    ['bytes that are nothing', { garbledAfter: '{"reasoning":"Some' }, 'unavailable', true],
  ])('%s', async (_, reply, kind, recoverable) => {
    const { provider } = await serving(name, inTurn(reply));
    const failure = await failureOf(provider.decide(questionAbout(), listener().call));
    expect(failure).toMatchObject({ kind, recoverable });
    expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain(KEY);
  });

  test('nobody at its address is no answer yet', async () => {
    const { server, provider } = await served(name, inTurn(says(DECISION)));
    await server.close();
    const failure = await failureOf(provider.decide(questionAbout(), listener().call));
    expect(failure).toMatchObject({ kind: 'unavailable', recoverable: true });
    expect(failure.message).not.toContain('127.0.0.1');
  });

  test.each(['', '{"reasoning":"Some'])(
    'one that says %j and then nothing is left when its time is over',
    async (text) => {
      const { provider, server } = await serving(name, inTurn({ silentAfter: text }));
      const stop = new AbortController();
      const deciding = failureOf(provider.decide(questionAbout(), listener(stop.signal).call));
      const asked = await within('the question', 5_000, untilAsked(server.asked));
      expect(asked).toBe(1);
      stop.abort();
      expect(await within('the end', 5_000, deciding)).toMatchObject({ kind: 'timeout', recoverable: true });
    },
  );

  test('what is wrong with who listens is not the model’s failure', async () => {
    const { provider } = await serving(name, inTurn(says(DECISION)));
    const lost = new Error('the run is lost');
    const { signal } = new AbortController();
    const deciding = provider.decide(questionAbout(), { signal, onText: () => Promise.reject(lost) });
    await expect(deciding).rejects.toBe(lost);
  });
});

async function untilAsked(asked: readonly Asked[]): Promise<number> {
  while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
  return asked.length;
}

test.each([
  ['throttlingException', 'throttled', true],
  ['modelStreamErrorException', 'unavailable', true],
  ['internalServerException', 'unavailable', true],
  ['serviceUnavailableException', 'unavailable', true],
  ['validationException', 'internal', false],
])('Bedrock may say %s within its stream', async (exception, kind, recoverable) => {
  const { provider } = await serving('bedrock', inTurn({ failsAfter: '{"reasoning":"Some', name: exception }));
  expect(await failureOf(provider.decide(questionAbout(), listener().call))).toMatchObject({ kind, recoverable });
});

test.each([
  ['rate_limit_exceeded', 'throttled'],
  ['server_error', 'unavailable'],
])('a server may say %s within its stream', async (error, kind) => {
  const { provider } = await serving('openai-compatible', inTurn({ failsAfter: '{"reasoning":"Some', name: error }));
  expect(await failureOf(provider.decide(questionAbout(), listener().call))).toMatchObject({ kind, recoverable: true });
});

test('Bedrock is asked for the model by its address, signed, with the schema among its instructions', async () => {
  const { provider, server } = await serving('bedrock', inTurn(says(DECISION)));
  await provider.decide(questionAbout(), listener().call);
  const [asked] = server.asked;
  expect(asked?.path).toBe('/model/vendor.model-v1%3A0/converse-stream');
  expect(asked?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 .*\/us-east-1\/bedrock\/aws4_request/);
  expect(asked?.system).toContain('"execution_path":{"type":"string","enum":["AUTO_APPROVE","SOFT_GATE","HARD_GATE"]}');
});

test('a server is asked with the key, for a stream that fits the schema', async () => {
  const { provider, server } = await serving('openai-compatible', inTurn(says(DECISION)));
  await provider.decide(questionAbout(), listener().call);
  const [asked] = server.asked;
  expect(asked?.path).toBe('/v1/chat/completions');
  expect(asked?.headers.authorization).toBe(`Bearer ${KEY}`);
  expect(asked?.body).toMatchObject({
    model: 'some-model',
    stream: true,
    response_format: { type: 'json_schema', json_schema: { name: 'decision', schema: { type: 'object' } } },
  });
});

test('an answer that is no stream is none', async () => {
  const { provider } = await serving('openai-compatible', inTurn({ json: { choices: [] } }));
  expect(await failureOf(provider.decide(questionAbout(), listener().call))).toMatchObject({ kind: 'unavailable' });
});
