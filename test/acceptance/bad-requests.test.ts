import { post, refusal, send } from '../support/api';

const GOOD = { code: 'def handler(event):\n    return event\n', runtime: 'python' };
const without = (name: keyof typeof GOOD) => Object.fromEntries(Object.entries(GOOD).filter(([key]) => key !== name));
const names = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`N${i}`, '']));
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

/** See docs/contracts/invocations.md#bad-input. */
describe('POST /invocations refuses', () => {
  test.each<[string, unknown, string]>([
    ['no code', without('code'), 'code'],
    ['empty code', { ...GOOD, code: '' }, 'code'],
    ['code that is no string', { ...GOOD, code: ['x'] }, 'code'],
    ['code of more than 1 MiB', { ...GOOD, code: `# ${'x'.repeat(1024 * 1024 - 1)}` }, 'code'],
    ['code of fewer characters but more than 1 MiB', { ...GOOD, code: `# ${'é'.repeat(600_000)}` }, 'code'],
    ['no runtime', without('runtime'), 'runtime'],
    ['a runtime that is no string', { ...GOOD, runtime: 3 }, 'runtime'],
    ['a handler that is no string', { ...GOOD, handler: 7 }, 'handler'],
    ['an empty handler', { ...GOOD, handler: '' }, 'handler'],
    ['a handler that begins with a digit', { ...GOOD, handler: 'main.1st' }, 'handler'],
    ['a handler of three parts', { ...GOOD, handler: 'a.b.c' }, 'handler'],
    ['a handler that is a path', { ...GOOD, handler: '../main.handler' }, 'handler'],
    ['a handler of 129 characters', { ...GOOD, handler: `main.${'h'.repeat(124)}` }, 'handler'],
    ['a handler with a line end', { ...GOOD, handler: 'main.handler\n' }, 'handler'],
    ['a time-out that is too short', { ...GOOD, timeoutMs: 99 }, 'timeoutMs'],
    ['a time-out that is too long', { ...GOOD, timeoutMs: 900_001 }, 'timeoutMs'],
    ['a time-out that is no integer', { ...GOOD, timeoutMs: 1000.5 }, 'timeoutMs'],
    ['a time-out in a string', { ...GOOD, timeoutMs: '1000' }, 'timeoutMs'],
    ['a time-out of null', { ...GOOD, timeoutMs: null }, 'timeoutMs'],
    ['too little memory', { ...GOOD, memoryMb: 127 }, 'memoryMb'],
    ['too much memory', { ...GOOD, memoryMb: 3009 }, 'memoryMb'],
    ['memory in a string', { ...GOOD, memoryMb: '256' }, 'memoryMb'],
    ['env that is a list', { ...GOOD, env: ['A=1'] }, 'env'],
    ['an env value that is no string', { ...GOOD, env: { A: 1 } }, 'env'],
    ['an env name that begins with a digit', { ...GOOD, env: { '1A': 'x' } }, 'env'],
    ['an env name with a hyphen', { ...GOOD, env: { 'A-B': 'x' } }, 'env'],
    ['an empty env name', { ...GOOD, env: { '': 'x' } }, 'env'],
    ['an env name of 129 characters', { ...GOOD, env: { ['N'.repeat(129)]: 'x' } }, 'env'],
    ['51 env names', { ...GOOD, env: names(51) }, 'env'],
    ['env of more than 32 KiB', { ...GOOD, env: { A: 'x'.repeat(33 * 1024) } }, 'env'],
    ['an env value of half a character pair', { ...GOOD, env: { A: '\ud800' } }, 'env'],
    ['an env value with NUL', { ...GOOD, env: { A: 'x\0y' } }, 'env'],
    ...[
      'AWS_REGION',
      'LAMBDA_TASK_ROOT',
      'NARAE_STAGE',
      'LD_PRELOAD',
      'PATH',
      'HOME',
      'NODE_OPTIONS',
      'PYTHONPATH',
      '_HANDLER',
    ].map((name): [string, unknown, string] => [
      `the reserved env name ${name}`,
      { ...GOOD, env: { [name]: 'x' } },
      'env',
    ]),
  ])('%s', async (_, request, field) => {
    const { details } = refusal(await post('/invocations', request), 400, 'VALIDATION_ERROR');
    // A field within env may be named as a whole or in detail.
    expect(String(details?.['field']).split(/[.[]/)[0]).toBe(field);
  });

  test.each(['[]', '"text"', 'null', '5'])('the body %s', async (raw) => {
    const { details } = refusal(await send('POST', '/invocations', { raw }), 400, 'VALIDATION_ERROR');
    expect(details).toHaveProperty('field');
  });

  test.each([
    ['nothing', ''],
    ['half an object', '{"code":"x"'],
    ['two values', '{} {}'],
    ['NaN', '{"code":"x","runtime":"python","timeoutMs":NaN}'],
    ['65 levels in the payload', `{"code":"x","runtime":"python","payload":${nested(65)}}`],
    ['65 levels in a field nobody knows', `{"code":"x","runtime":"python","extra":${nested(65)}}`],
    ['100 000 levels', nested(100_000)],
    ['a __proto__ key', '{"code":"x","runtime":"python","__proto__":{"a":1}}'],
    ['a __proto__ key in the payload', '{"code":"x","runtime":"python","payload":[{"__proto__":1}]}'],
    ['an escaped __proto__ key', '{"code":"x","runtime":"python","payload":{"\\u005f_proto__":1}}'],
    ['a constructor key', '{"code":"x","runtime":"python","payload":{"constructor":{"prototype":1}}}'],
  ])('a body that is %s as INVALID_JSON', async (_, raw) => {
    refusal(
      await send('POST', '/invocations', { raw, headers: { 'Content-Type': 'application/json' } }),
      400,
      'INVALID_JSON',
    );
  });

  test('a body that is not UTF-8 as INVALID_JSON', async () => {
    // Without a content type, because of JSON an HTTP API itself makes text, with U+FFFD for what is none.
    const raw = Uint8Array.from([...Buffer.from('{"code":"'), 0xff, 0xfe, ...Buffer.from('","runtime":"python"}')]);
    refusal(await send('POST', '/invocations', { raw }), 400, 'INVALID_JSON');
  });

  test.each(['/invocations', '/invocations/batch'])('a body of more than 6 MB on %s', async (path) => {
    const request = { ...GOOD, payload: 'x'.repeat(7 * 1024 * 1024) };
    refusal(await post(path, request), 413, 'PAYLOAD_TOO_LARGE');
  });

  test('an unknown runtime, and says which there are', async () => {
    const { message, details } = refusal(
      await post('/invocations', { ...GOOD, runtime: 'java21' }),
      400,
      'UNSUPPORTED_RUNTIME',
    );
    expect(message).toMatch(/java21.*python3\.13.*nodejs24/);
    expect(details).toMatchObject({ field: 'runtime', requested: 'java21', supported: ['python3.13', 'nodejs24'] });
    expect(details?.['aliases']).toMatchObject({ nodejs24: expect.arrayContaining(['node', 'js']) as unknown });
  });

  test('without a stack, a path or an internal name in the message', async () => {
    const answers = await Promise.all([
      post('/invocations', { ...GOOD, timeoutMs: 'soon' }),
      send('POST', '/invocations', { raw: '{' }),
      post('/invocations', { ...GOOD, runtime: 'java21' }),
    ]);
    for (const { text } of answers) expect(text).not.toMatch(/\bat .*:\d+|\/var\/task|node_modules|arn:|Zod|dynamo/i);
  });

  test('nesting of 65 levels but takes 64', async () => {
    const raw = `{"code":"def handler(event): return 1","runtime":"python","payload":${nested(64)}}`;
    const answer = await send('POST', '/invocations', { raw, headers: { 'Content-Type': 'application/json' } });
    expect(answer.status).toBe(202);
  });
});
