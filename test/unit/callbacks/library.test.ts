import { checkLibrary, wantedOf } from '../../../lambdas/callbacks/deploy/library';

describe('python', () => {
  test.each([
    'requests==2.28.0',
    'python-dateutil==2.9.0',
    'requests[socks]>=2.0,<3',
    'numpy ~= 2.0 ; python_version >= "3.9"',
    'a\n\n# comment\nb != 1.0  # why\nc===1.0+local',
    'typing_extensions (>=4.0)',
    'zope.interface',
  ])('takes %j', (library) => {
    expect(checkLibrary('python', library)).toBe(library);
  });

  test.each([
    '-r other.txt',
    '--index-url https://example.com',
    '-e .',
    'a @ https://example.com/a.whl',
    'a@file:///etc/passwd',
    'https://example.com/a.whl',
    'git+https://example.com/a',
    './a',
    '../a.whl',
    '/tmp/a.whl',
    'dir/a',
    'a b',
    'a==1 --hash=sha256:00',
    '"a"',
    'requests==2.28.0\n--pre',
    'requests==2.28.0 \\\n--pre',
    'a==1.0\u2028-r x',
    `a${' '.repeat(16_000)}b`,
  ])('refuses %j', (library) => {
    expect(() => checkLibrary('python', library)).toThrow(/^library must have lines like/);
  });

  test('reads lines without comments, each once and sorted', () => {
    expect(wantedOf('python', 'b==1 # one\r\n\r\n  a\n#c\nb==1')).toEqual({
      language: 'python',
      order: { requirements: ['a', 'b==1'] },
    });
    expect(wantedOf('python', '# none')).toBeUndefined();
  });
});

describe('node', () => {
  test.each([
    '{}',
    '{"dependencies":{}}',
    '{"name":"x","dependencies":{"axios":"^1.0.0 || ^0.27.0","@scope/a.b":"latest","b":"1.x","c":">=1 <2","d":"*"}}',
  ])('takes %j', (library) => {
    expect(checkLibrary('node', library)).toBe(library);
  });

  test.each([
    'axios',
    '[]',
    'null',
    '"x"',
    '{"dependencies":["axios"]}',
    '{"dependencies":{"axios":1}}',
    '{"dependencies":{"a":"file:../a"}}',
    '{"dependencies":{"a":"git+ssh://example.com/a"}}',
    '{"dependencies":{"a":"https://example.com/a.tgz"}}',
    '{"dependencies":{"a":"npm:b@1"}}',
    '{"dependencies":{"a":"user/repo"}}',
    '{"dependencies":{"../a":"1"}}',
    '{"dependencies":{"--flag":"../x"}}',
  ])('refuses %j', (library) => {
    expect(() => checkLibrary('node', library)).toThrow(/^library must /);
  });

  test('knows what is depended on', () => {
    expect(wantedOf('node', '{"dependencies":{"b":"2","a":"1.7.0"},"devDependencies":{"x":"1"}}')).toEqual({
      language: 'node',
      order: { dependencies: { a: '1.7.0', b: '2' } },
    });
    expect(wantedOf('node', '{}')).toBeUndefined();
  });
});

test.each([null, undefined, '', ' \n'])('%j is none', (library) => {
  expect(checkLibrary('python', library)).toBeUndefined();
  expect(checkLibrary('node', library)).toBeUndefined();
});
