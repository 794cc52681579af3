import { gzipSync } from 'node:zlib';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { entryModuleOf, requirementsIn, requirementsProblem } from '../../../lambdas/builds/build/layout';
import { untarGz } from '../../../lambdas/builds/build/tar';
import { unzipped, zipped } from '../../../lambdas/builds/build/zip';
import { appNameOfTask, safeAppName } from '../../../lambdas/builds/request/app-name';
import { Registries } from '../../../lambdas/builds/request/registries';
import { moduleNameOf, sourceDigest } from '../../../lambdas/builds/request/source';
import { withoutBoundary } from '../../../lambdas/platform/http/multipart-boundary';

const files = (all: Readonly<Record<string, string>>) =>
  new Map(Object.entries(all).map(([name, text]) => [name, Buffer.from(text)]));

test.each([
  ['Stock Watch', 'stockwatch'],
  ['my-app_2', 'myapp2'],
  ['123', 'app123'],
  ['주식', 'app'],
  ['x'.repeat(60), 'x'.repeat(40)],
  ['9'.repeat(60), `app${'9'.repeat(37)}`],
])('the app %j is called %s', (wanted, name) => {
  expect(safeAppName(wanted)).toBe(name);
});

test('an app without a name is called after its task', () => {
  expect(appNameOfTask('b7Yd2KqWm4xyz')).toBe('appb7yd2kqw');
});

test.each([
  ['my handler-v_2.py', 'myhandlerv2'],
  ['주식 앱.PY', '주식앱'],
  ['2fast.py', 'app'],
  ['-_ .py', 'app'],
  ['folder/main.py', 'main'],
])('the module of %j is %s', (name, module) => {
  expect(moduleNameOf(name)).toBe(module);
});

test('equal sources have equal digests and zips, in whatever order they came', () => {
  const one = files({ 'a.py': '1', 'b/c.py': '2' });
  const other = new Map([...one].reverse());
  expect(sourceDigest(one)).toBe(sourceDigest(other));
  expect(zipped(one).equals(zipped(other))).toBe(true);
  expect(sourceDigest(files({ 'a.py': '12', 'b/c.py': '' }))).not.toBe(sourceDigest(one));
  expect([...unzipped(zipped(one)).keys()]).toEqual(['a.py', 'b/c.py']);
});

test.each([
  [{ 'handler.py': '', 'lambda_function.py': '' }, 'handler'],
  [{ 'only.py': '', 'lib/x.py': '' }, 'only'],
  [
    { 'app.py': '', 'x.py': '', 'spin.toml': 'command = "componentize-py -w spin-http componentize x -o app.wasm"' },
    'x',
  ],
])('the module of %j', (all, module) => {
  expect(entryModuleOf(files(all), 'lambda')).toBe(module);
});

test('requirements are names with versions; what could make pip read something else is refused', () => {
  const requirements = (text: string) => files({ 'requirements.txt': text });
  expect(requirementsIn(requirements('# a\nrequests==2.32.0 # b\r\n\n'))).toEqual(['requests==2.32.0']);
  expect(requirementsProblem(requirements('requests[socks]>=2,<3'))).toBeUndefined();
  expect(requirementsProblem(files({}))).toBeUndefined();
  expect(requirementsProblem(requirements('x\n'.repeat(20_000)))).toContain('more than 32768 bytes');
  const spaces = ' '.repeat(30_000);
  expect(requirementsIn(requirements(`six${spaces}==1 ${spaces}`))).toEqual(['six ==1']);
  for (const line of ['-r other.txt', '--index-url=x', 'a @ file:///etc', '../x', 'git+ssh://x'])
    expect(requirementsProblem(requirements(`six\n${line}\n`))).toBe(
      `requirements.txt: '${line}' is not a name of a package with versions.`,
    );
});

const OWN = '111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/narae-apps';
const registries = new Registries(OWN, [
  { name: 'registry.example.com/team/app' },
  { name: '999900001111.dkr.ecr.us-east-1.amazonaws.com/console', repository: OWN },
]);

test('registries of this account and listed names, which may mean another', () => {
  const ecr = { host: '111122223333.dkr.ecr.ap-northeast-2.amazonaws.com', ownEcr: true };
  expect(registries.placeOf(`https://${OWN}`, 'registry_url')).toEqual({ ...ecr, repository: 'narae-apps' });
  expect(registries.placeOf('999900001111.dkr.ecr.us-east-1.amazonaws.com/console', 'r')).toEqual({
    ...ecr,
    repository: 'narae-apps',
  });
  expect(registries.placeOf('registry.example.com/team/app', 'r')).toEqual({
    host: 'registry.example.com',
    repository: 'team/app',
    ownEcr: false,
  });
});

test.each([
  'registry.example.com/team/other',
  'registry.example.com/team/app/below',
  '999900001111.dkr.ecr.us-east-1.amazonaws.com/other',
  '111122223333.dkr.ecr.ap-northeast-2.amazonaws.com.evil.test/x',
  'http://registry.example.com/team/app',
  'https://registry.example.com:443/team/app',
  'registry.example.com@localhost/team/app',
  'localhost/app',
  '127.0.0.1/app',
  '[::1]/app',
  '169.254.169.254/latest',
  '[fd00:ec2::254]/latest',
  '10.0.0.1:5000/app',
  'metadata.google.internal/computemetadata',
  '100.100.100.200/latest',
  'app',
  '',
])('%j is not allowed', (name) => {
  expect(() => registries.placeOf(name, 'registry_url')).toThrow('registry_url is not a registry');
});

test('bundles of installers are read as tar wrote them, long names included', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'narae-tar-'));
  const deep = path.join('a'.repeat(90), 'b'.repeat(90), 'c.py');
  mkdirSync(path.join(folder, path.dirname(deep)), { recursive: true });
  writeFileSync(path.join(folder, deep), 'deep');
  writeFileSync(path.join(folder, 'x.py'), 'y'.repeat(600));
  try {
    for (const format of ['ustar', 'pax', 'gnu']) {
      const tar = execFileSync('tar', ['-c', `--format=${format}`, '-C', folder, deep, 'x.py']);
      const found = untarGz(gzipSync(tar));
      expect([...found].map(([name, bytes]) => [name, bytes.length])).toEqual([
        [deep, 4],
        ['x.py', 600],
      ]);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a form is the same under another boundary', () => {
  const body = (boundary: string, text = 'x') =>
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\n${text}\xff\r\n--${boundary}--\r\n`);
  const plain = (boundary: string, text?: string) =>
    withoutBoundary(body(boundary, text), `multipart/form-data; boundary=${boundary}`);
  expect(plain('one').equals(plain('two'))).toBe(true);
  expect(plain('one', 'y').equals(plain('one'))).toBe(false);
});
