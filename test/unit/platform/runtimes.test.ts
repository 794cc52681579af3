import { findRuntime, resolveRuntime, RUNTIMES } from '../../../lambdas/platform/runtimes';

test.each([
  'py',
  'python',
  'Python',
  ' python ',
  'python3',
  'py3',
  'python3.x',
  'python3.0',
  'python3.9',
  'python3.10',
  'python3.14',
  'Python 3.12',
  'PYTHON_3_12'.replace('3_12', '3.12'),
  'python-3.13',
])('%s is python3.13', (spelling) => expect(findRuntime(spelling)?.name).toBe('python3.13'));

test.each([
  'node',
  'nodejs',
  'node.js',
  'js',
  'javascript',
  'JavaScript',
  'nodejs10',
  'nodejs18',
  'nodejs20.x',
  'node 22.4',
  'nodejs24',
  'node24.1.2',
  'Node.js 20',
])('%s is nodejs24', (spelling) => expect(findRuntime(spelling)?.name).toBe('nodejs24'));

test.each([
  '',
  'java21',
  'python2.7',
  'python4',
  'python3.15',
  'python3.100',
  'nodejs8',
  'nodejs25',
  'node9',
  'ruby',
  'py.thon',
  'typescript',
])("'%s' is refused with what is supported", (spelling) => {
  expect(() => resolveRuntime(spelling, 'runtime')).toThrow(
    expect.objectContaining({
      code: 'UNSUPPORTED_RUNTIME',
      details: {
        field: 'runtime',
        requested: spelling,
        supported: ['python3.13', 'nodejs24'],
        aliases: Object.fromEntries(RUNTIMES.map(({ name, aliases }) => [name, aliases])),
      },
    }) as Error,
  );
});
