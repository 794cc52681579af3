import { eventOf, eventText, type HttpCall } from '../../../lambdas/callbacks/call/call-event';
import { AppError } from '../../../lambdas/platform/http/errors';

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

test('a body that is nested too deep, or has a number beyond a double, is no body', () => {
  for (const text of [`${'['.repeat(65)}${']'.repeat(65)}`, '{"a":1e999}']) {
    expect(call({ body: Buffer.from(text) })).toMatchObject({ body: {}, rawBody: text });
  }
});

test('names that could reach a prototype are fields like any other, and reach none', () => {
  const text = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
  const event = call({ rawQuery: '__proto__=x', body: Buffer.from(text) });
  const names = JSON.stringify(event['body']);
  expect(names).toBe(text);
  expect(JSON.stringify(event)).toContain(`{${text.slice(1, -1)},"httpMethod"`);
  expect(Object.getPrototypeOf(event)).toBe(Object.prototype);
  expect(event).not.toHaveProperty('polluted');
  expect({}).not.toHaveProperty('polluted');
});

test('a body of GET and DELETE is only there as it came', () => {
  expect(call({ method: 'GET', body: Buffer.from('{"a":1}') })).toMatchObject({ body: {}, rawBody: '{"a":1}' });
  expect(call({ method: 'DELETE', body: Buffer.from('{"a":1}') })).not.toHaveProperty('a');
});

test('text with a byte order mark stays as it came', () => {
  const body = Buffer.from('\ufeff{}');
  expect(Buffer.from(String(call({ body })['rawBody'])).equals(body)).toBe(true);
});

test('an event that escapes make larger than a sandbox reads is refused, and one of 3 MB of them is not', () => {
  const ofMegabytes = (mb: number) =>
    eventText({ method: 'POST', name: 'tax', rawQuery: '', headers: {}, body: Buffer.alloc(mb * 1024 * 1024, 1) });
  expect(ofMegabytes(3).length).toBeGreaterThan(18 * 1024 * 1024);
  expect(() => ofMegabytes(6)).toThrow(AppError);
  expect(() => ofMegabytes(6)).toThrow('at most 33554432 are taken');
});
