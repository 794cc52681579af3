import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LANGUAGES, useEnvironment } from './support/languages';
import { SandboxEnvironment } from './support/environment';

const TRY_TO_READ = `
import os
def read(name):
    try:
        return open(f"/proc/{os.getppid()}/{name}", "rb").read(4096)
    except OSError as error:
        return type(error).__name__
def handler(event):
    return [str(read("environ")), str(read("mem")), os.environ.get("SUPERVISOR_SECRET")]`;

/** A Python that any user may run. Root may read everything, so as root the supervisor is made another user. */
const SYSTEM_PYTHON = '/usr/bin/python3';
const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'];
const canBeNobody =
  process.getuid?.() !== 0 ||
  spawnSync(asNobody[0] ?? '', [
    ...asNobody.slice(1),
    SYSTEM_PYTHON,
    '-c',
    'import sys; assert sys.version_info >= (3, 11)',
  ]).status === 0;
const testAsNobody = canBeNobody ? test : test.skip;

testAsNobody(
  'user code of the same user can not read the memory or the environment of the Python supervisor',
  async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'narae-nobody-'));
    chmodSync(folder, 0o777);
    const asRoot = { wrapper: asNobody, environment: { NARAE_PYTHON: SYSTEM_PYTHON, TMPDIR: folder } };
    const environment = await SandboxEnvironment.start('python', process.getuid?.() === 0 ? asRoot : {});
    try {
      const run = await environment.run({ code: TRY_TO_READ, convention: 'callback' });
      expect(run.value).toEqual(['PermissionError', 'PermissionError', null]);
    } finally {
      await environment.stop();
      rmSync(folder, { recursive: true });
    }
  },
);

describe.each(LANGUAGES)('in %s', (language) => {
  const environment = useEnvironment(language);

  test('user code gets nothing of the supervisor’s environment', async () => {
    const code = {
      python: 'import os\ndef handler(event):\n    return sorted(os.environ)',
      node: 'exports.handler = () => Object.keys(process.env).sort();',
    };
    const run = await environment().run({ code: code[language], convention: 'callback', env: { OWN: 'x' } });
    const own = ['HOME', 'LANG', 'OWN', 'PATH', ...(language === 'python' ? ['PYTHONUNBUFFERED'] : []), 'TMPDIR', 'TZ'];
    expect(run.value).toEqual(own);
  });

  test('addresses with credentials stay with the supervisor', async () => {
    const code = {
      python:
        'import gc\ndef handler(event):\n    return [o for o in gc.get_objects() if isinstance(o, dict) and "cancelUrl" in o] == []',
      node: 'exports.handler = (event, context) => !("cancelUrl" in context);',
    };
    const run = await environment().run({
      code: code[language],
      convention: 'callback',
      cancelUrl: 'http://127.0.0.1:1/secret',
    });
    expect(run.value).toBe(true);
  });
});
