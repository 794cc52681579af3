import { completed, run } from '../support/invocations';

const python = (expression: string) => ({ runtime: 'python', code: `def handler(event):\n    return ${expression}\n` });
const node = (expression: string) => ({ runtime: 'node', code: `exports.handler = () => (${expression});\n` });

/** See docs/contracts/invocations.md#result. The same JSON text is written in both languages. */
describe('a return value', () => {
  const both = (expression: string) => [python(expression), node(expression)] as const;

  test.each([
    ['{"statusCode": 201, "body": {"ok": 1}}', { statusCode: 201, body: '{"ok":1}' }],
    ['{"statusCode": 200, "body": "as it is"}', { statusCode: 200, body: 'as it is' }],
    ['{"statusCode": 204}', { statusCode: 204, body: '' }],
    ['{"statusCode": 200, "body": [1, "a"]}', { statusCode: 200, body: '[1,"a"]' }],
    ['{"statusCode": 200, "body": 5}', { statusCode: 200, body: '5' }],
    ['{"statusCode": 100, "body": ""}', { statusCode: 100, body: '' }],
    ['{"statusCode": 599, "body": ""}', { statusCode: 599, body: '' }],
    ['{"statusCode": 500, "body": "mine"}', { statusCode: 500, body: 'mine' }],
    [
      '{"statusCode": 200, "body": "", "headers": {"X-A": "1", "b": "2"}}',
      { statusCode: 200, body: '', headers: { 'X-A': '1', b: '2' } },
    ],
    ['{"statusCode": 200, "body": "", "headers": {"a": 1}}', { statusCode: 200, body: '' }],
    ['{"statusCode": 200, "body": "", "headers": ["a"]}', { statusCode: 200, body: '' }],
    ['{"statusCode": 200, "body": "", "extra": 1}', { statusCode: 200, body: '' }],
  ])('%s is a response', async (expression, result) => {
    for (const request of both(expression)) expect((await completed(request)).result).toEqual(result);
  });

  test.each([
    ['{"a": [1, 2]}', '{"a":[1,2]}'],
    ['"hi"', '"hi"'],
    ['""', '""'],
    ['12.5', '12.5'],
    ['[]', '[]'],
    ['{"statusCode": 99}', '{"statusCode":99}'],
    ['{"statusCode": 600}', '{"statusCode":600}'],
    ['{"statusCode": "200"}', '{"statusCode":"200"}'],
    ['{"statusCode": 200.5}', '{"statusCode":200.5}'],
    ['{"body": "no status"}', '{"body":"no status"}'],
    ['[{"statusCode": 201}]', '[{"statusCode":201}]'],
    ['{"한글": "😀"}', '{"한글":"😀"}'],
  ])('%s is the body of a 200', async (expression, body) => {
    for (const request of both(expression)) {
      const { result } = await completed(request);
      expect(result.statusCode).toBe(200);
      expect(JSON.parse(result.body)).toEqual(JSON.parse(body));
      expect(result).not.toHaveProperty('headers');
    }
  });

  test('of nothing is null', async () => {
    for (const request of [python('None'), node('undefined'), node('null')]) {
      expect((await completed(request)).result).toEqual({ statusCode: 200, body: 'null' });
    }
  });

  test('True is no status code, though Python takes it for 1', async () => {
    const { result } = await completed(python('{"statusCode": True}'));
    expect(result).toEqual({ statusCode: 200, body: expect.stringContaining('true') as unknown });
  });

  test.each([
    ['a set', python('{1, 2}')],
    ['an object', python('object()')],
    ['bytes', python('b"x"')],
    ['NaN', python('float("nan")')],
    ['something within something', python('{"statusCode": 200, "body": {"x": object()}}')],
    ['a BigInt', node('10n')],
    ['a circle', node('(() => { const a = {}; a.a = a; return a; })()')],
    ['a toJSON that throws', node('({ toJSON() { throw new Error("no"); } })')],
  ])('that is no JSON (%s) is INVALID_RESULT', async (_, request) => {
    const done = await run(request);
    expect(done).toMatchObject({ status: 'FAILED', errorType: 'INVALID_RESULT', result: null });
    expect(done.errorMessage).not.toBe('');
  });
});
