import { eventOf, type HttpCall } from '../../../lambdas/callbacks/call-event';

const call = (more: Partial<HttpCall> = {}): Record<string, unknown> =>
  eventOf({ method: 'POST', name: 'tax', rawQuery: '', headers: {}, body: Buffer.alloc(0), ...more });

test('is the one of the contract, section 4', () => {
  const event = call({
    rawQuery: 'city=Jeju',
    headers: {
      'content-type': 'application/json',
      authorization: 'a',
      cookie: 'b',
      'x-api-key': 'c',
      'x-narae-origin': 'd',
      'x-narae-visitor': 'e',
    },
    body: Buffer.from('{"price":500}'),
  });
  expect(event).toEqual({
    city: 'Jeju',
    price: 500,
    httpMethod: 'POST',
    path: 'tax',
    queryStringParameters: { city: 'Jeju' },
    body: { price: 500 },
    headers: { 'content-type': 'application/json' },
    rawBody: '{"price":500}',
    isBase64Encoded: false,
  });
});

test('query values are decoded, the last of a repeated name counts', () => {
  const { queryStringParameters } = call({ rawQuery: 'a=1&b=%ED%95%9C+x&a=2&c' });
  expect(queryStringParameters).toEqual({ a: '2', b: '한 x', c: '' });
});

test('a body that could reach a prototype, or is nested too deep, is no body', () => {
  for (const text of ['{"__proto__":{"a":1}}', '{"constructor":1}', `${'['.repeat(65)}${']'.repeat(65)}`]) {
    expect(call({ body: Buffer.from(text) })).toMatchObject({ body: {}, rawBody: text });
  }
  expect(Object.getPrototypeOf(call({ rawQuery: '__proto__=x' }))).toBe(Object.prototype);
});

test('a body of GET and DELETE is only there as it came', () => {
  expect(call({ method: 'GET', body: Buffer.from('{"a":1}') })).toMatchObject({ body: {}, rawBody: '{"a":1}' });
  expect(call({ method: 'DELETE', body: Buffer.from('{"a":1}') })).not.toHaveProperty('a');
});

test('text with a byte order mark stays as it came', () => {
  const body = Buffer.from('\ufeff{}');
  expect(Buffer.from(String(call({ body })['rawBody'])).equals(body)).toBe(true);
});
