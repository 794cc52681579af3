import { RouteTable } from '../../../../local/gateway/routes';

const table = new RouteTable(
  ['ANY /a', 'ANY /a/{proxy+}', 'GET /a/{id}', 'ANY /a/{id}', 'GET /a/fixed', 'ANY /', '$default'].map((key) => ({
    key,
    functionName: 'fn',
  })),
);

test.each([
  ['GET', '/a', 'ANY /a', {}],
  ['GET', '/a/', 'ANY /a/{proxy+}', { proxy: '' }],
  ['GET', '/a/1', 'GET /a/{id}', { id: '1' }],
  ['POST', '/a/1', 'ANY /a/{id}', { id: '1' }],
  ['OPTIONS', '/a/1', 'ANY /a/{id}', { id: '1' }],
  ['GET', '/a/fixed', 'GET /a/fixed', {}],
  ['GET', '/a/1/2', 'ANY /a/{proxy+}', { proxy: '1/2' }],
  ['GET', '/', 'ANY /', {}],
  ['GET', '/ab', '$default', {}],
  ['GET', '//a', '$default', {}],
] as const)('%s %s is taken by %s', (method, path, key, pathParameters) => {
  expect(table.match(method, path)).toEqual({ route: { key, functionName: 'fn' }, pathParameters });
});

test('nothing takes what no route fits, where there is no $default', () => {
  expect(new RouteTable([{ key: 'GET /a', functionName: 'fn' }]).match('GET', '/b')).toBeUndefined();
});

test('functions are found by the plain paths of their GET routes, and by / where they have none', () => {
  const routes = [
    { key: 'GET /a', functionName: 'a' },
    { key: 'ANY /a/b', functionName: 'a' },
    { key: 'POST /a', functionName: 'a' },
    { key: 'GET /a/{id}', functionName: 'a' },
    { key: 'GET /c/', functionName: 'c' },
    { key: '$default', functionName: 'd' },
  ];
  const paths = new RouteTable(routes).plainPaths();
  expect(Object.fromEntries([...paths].map(([name, all]) => [name, [...all].sort()]))).toEqual({
    a: ['/a', '/a/b'],
    c: ['/c/'],
    d: ['/'],
  });
});
