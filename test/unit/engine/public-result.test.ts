import { publicResult } from '../../../lambdas/engine/events/public-result';

const MIB = 1024 * 1024;

describe('a result as readers of runs see it', () => {
  test.each<[string, unknown, unknown]>([
    ['of an invocation', { statusCode: 201, body: '{"ok": true}' }, { statusCode: 201, body: '{"ok": true}' }],
    [
      'with headers',
      { statusCode: 200, headers: { a: 'b' }, body: '' },
      { statusCode: 200, headers: { a: 'b' }, body: '' },
    ],
    ['with a JSON body', { statusCode: 200, body: { accepted: [] } }, { statusCode: 200, body: '{"accepted":[]}' }],
    ['with null as its body', { statusCode: 200, body: null }, { statusCode: 200, body: 'null' }],
    ['with a text', { statusCode: 404, bodyText: 'no' }, { statusCode: 404, body: 'no' }],
    ['with bytes', { statusCode: 200, bodyBase64: '/w==' }, { statusCode: 200, body: '/w==' }],
    ['without a body', { statusCode: 204 }, { statusCode: 204, body: '' }],
    ['with odd headers', { statusCode: 200, headers: { a: 1 }, body: 'x' }, { statusCode: 200, body: 'x' }],
    [
      'of an impossible status',
      { statusCode: 99, body: 'x' },
      { statusCode: 200, body: '{"statusCode":99,"body":"x"}' },
    ],
    ['of a script', { stdout: 'HELLO\n' }, { statusCode: 200, body: '{"stdout":"HELLO\\n"}' }],
    ['that is a number', 3, { statusCode: 200, body: '3' }],
    ['that is nothing', null, { statusCode: 200, body: 'null' }],
  ])('%s', (_what, stored, result) => {
    expect(publicResult(JSON.stringify(stored))).toEqual({ result, cut: false });
  });

  test('keeps the digits of a number that JavaScript cannot hold', () => {
    expect(publicResult('12345678901234567890').result.body).toBe('12345678901234567890');
  });

  test('is cut between characters where its body is over 1 MiB', () => {
    const { result, cut } = publicResult(JSON.stringify({ statusCode: 200, body: '한'.repeat(400_000) }));
    expect(cut).toBe(true);
    expect(result.body).toBe('한'.repeat(Math.floor(MIB / 3)));
  });
});
