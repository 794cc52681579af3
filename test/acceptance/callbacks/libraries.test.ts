import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { post, read } from '../../support/api';
import {
  built,
  call,
  change,
  Callback,
  deploy,
  deployed,
  NODE,
  PYTHON,
  redeployed,
  register,
} from '../../support/callbacks';
import { askIndex, describeWithIndex } from '../../support/package-index';

/**
 * See docs/contracts/callbacks.md#build. The packages come from an index on this machine, which the system under test
 * was started with (test/support/packages): real ones, and some that must be refused.
 */

const BUILD_MS = 60_000;

/** Files that were downloaded from the index so far. */
const downloaded = async () => z.array(z.string()).parse(await (await askIndex('/asked')).json());

const npm = (dependencies: Readonly<Record<string, string>>) => JSON.stringify({ dependencies });

/** A callback with a library, once its build is over. */
async function deployedWith(library: string, type: string, code: string) {
  const { callback_id: id } = await register({ library, type, code });
  read(await deploy(id), 200, Callback);
  const after = await built(id, BUILD_MS);
  expect(after).toMatchObject({ status: 'deployed', last_error: null });
  return after;
}

async function refusal(library: string, type: 'python' | 'node'): Promise<string> {
  const { callback_id: id } = await register({ library, type, code: type === 'python' ? PYTHON : NODE });
  read(await deploy(id), 200, Callback);
  const { status, live, last_error: reason } = await built(id, BUILD_MS);
  expect({ status, live }).toEqual({ status: 'failed', live: false });
  // Addresses may hold credentials, folders are the installer's own.
  expect(reason).not.toMatch(/127\.0\.0\.1|https?:|\/tmp\//);
  return reason ?? '';
}

const VERSION = 'import requests\ndef lambda_handler(event, context):\n    return requests.__version__\n';
const AXIOS = 'const axios = require("axios");\nexports.lambda_handler = () => axios.VERSION;\n';

describe('without a library', () => {
  test('python has requests', async () => {
    expect((await call('GET', `/api/${(await deployed({ code: VERSION })).path}`)).body).toMatch(/^2\.\d+/);
  });

  test.each([
    ['require', AXIOS],
    ['import', 'import axios from "axios";\nexport const lambda_handler = () => axios.VERSION;\n'],
  ])('node has axios, by %s', async (_, code) => {
    expect((await call('GET', `/api/${(await deployed({ type: 'node', code })).path}`)).body).toMatch(/^1\.\d+/);
  });
});

describeWithIndex('a library', () => {
  test('of python takes the place of what is there without asking', async () => {
    const { path } = await deployedWith('requests==2.28.0', 'python', VERSION);
    expect((await call('GET', `/api/${path}`)).body).toBe('2.28.0');
  });

  test('is installed once, and shared by all who need the same', async () => {
    const name = `narae-fresh-${randomBytes(6).toString('hex')}`;
    const code = `import ${name.replaceAll('-', '_')}\n${PYTHON}`;
    const downloads = async () =>
      (await downloaded()).filter((file) => file.startsWith(name.replaceAll('-', '_'))).length;
    const lambdaStatusCode = 200;
    const first = await deployedWith(`${name}==1.0`, 'python', code);
    expect(await call('GET', `/api/${first.path}`)).toMatchObject({ lambdaStatusCode });
    const installed = await downloads();
    expect(installed).toBeGreaterThan(0);
    const same = await deployedWith(`# the same\n${name}==1.0\n`, 'python', `# another\n${code}`);
    expect(await call('GET', `/api/${same.path}`)).toMatchObject({ lambdaStatusCode });
    expect(await downloads()).toBe(installed);
    // Another text has to be resolved, for which pip reads the wheel; what it resolves to is there already.
    const other = await deployedWith(`${name}>=0.5`, 'python', code);
    expect(await call('GET', `/api/${other.path}`)).toMatchObject({ lambdaStatusCode });
    expect(await downloads()).toBeLessThan(2 * installed);
  });

  test('may need others, and does not hide what is there without asking', async () => {
    const code =
      'import requests\nfrom dateutil.parser import parse\ndef lambda_handler(event, context):\n' +
      '    return [parse("2026-03-05").year, requests.__version__ != "2.28.0"]\n';
    const { path } = await deployedWith('python-dateutil==2.9.0', 'python', code);
    expect((await call('GET', `/api/${path}`)).body).toEqual([2026, true]);
  });

  test.each([
    ['require', AXIOS],
    ['import', 'import axios from "axios";\nexport const lambda_handler = () => axios.VERSION;\n'],
  ])('of node is found by %s', async (_, code) => {
    const { path } = await deployedWith(npm({ axios: '1.7.0' }), 'node', code);
    expect((await call('GET', `/api/${path}`)).body).toBe('1.7.0');
  });

  test('of node stands beside axios, and its install scripts are not run', async () => {
    const code =
      'const { ran } = require("narae-install-script");\nconst axios = require("axios");\n' +
      'exports.lambda_handler = () => [ran, axios.VERSION !== "1.7.0"];\n';
    const { path } = await deployedWith(npm({ 'narae-install-script': '*' }), 'node', code);
    expect((await call('GET', `/api/${path}`)).body).toEqual([false, true]);
  });

  test('can be read by user code and not be changed', async () => {
    const code =
      'import os, requests\ndef lambda_handler(event, context):\n    try:\n' +
      '        open(os.path.join(os.path.dirname(requests.__file__), "mine"), "w")\n        return "written"\n' +
      '    except OSError as error:\n        return type(error).__name__\n';
    const { path } = await deployedWith('requests==2.28.0', 'python', code);
    expect((await call('GET', `/api/${path}`)).body).toMatch(/PermissionError|OSError/);
  });

  test('waits for the next deploy when it is changed, and goes when it is emptied', async () => {
    const { callback_id: id, path } = await deployedWith('requests==2.28.0', 'python', VERSION);
    expect(read(await change(id, { library: '' }), 200, Callback)).toMatchObject({
      library: null,
      pending_changes: true,
    });
    expect((await call('GET', `/api/${path}`)).body).toBe('2.28.0');
    await redeployed(id);
    expect((await call('GET', `/api/${path}`)).body).not.toBe('2.28.0');
  });

  test('of comments only, or without dependencies, needs no installation', async () => {
    await deployedWith('# nothing\n\n', 'python', PYTHON);
    await deployedWith('{"name":"mine","scripts":{"install":"exit 1"}}', 'node', NODE);
  });

  test.each<[string, 'python' | 'node', string, RegExp]>([
    ['a package that does not exist', 'python', 'narae-nowhere==1.0', /narae-nowhere==1\.0.*no such package/],
    ['a version that does not exist', 'python', 'requests==99.0', /requests==99\.0.*no such package or version/],
    [
      'a package without wheels',
      'python',
      'narae-source-only==1.0',
      /narae-source-only==1\.0.*wheel.*not built from source/,
    ],
    ['requirements that conflict', 'python', 'six==1.17.0\nnarae-wants-old-six==1.0', /conflict.*six/],
    ['more than 250 MB', 'python', 'narae-huge==1.0', /250 MB/],
    ['a package that does not exist', 'node', npm({ 'narae-nowhere': '^1.0.0' }), /narae-nowhere.*no such package/],
    ['a version that does not exist', 'node', npm({ axios: '99.0.0' }), /axios@99\.0\.0/],
    [
      'peers that conflict',
      'node',
      npm({ 'narae-peer': '1.0.0', 'narae-wants-peer': '1.0.0' }),
      /conflict.*narae-peer/,
    ],
    ['a repository', 'node', npm({ 'narae-wants-git': '1.0.0' }), /not in the registry|address of its own/],
    ['an address', 'node', npm({ 'narae-wants-address': '1.0.0' }), /not in the registry|address of its own/],
  ])('that is %s fails the build of %s: %j', async (_, type, library, reason) => {
    expect(await refusal(library, type)).toMatch(reason);
  });

  test('that fails leaves what is deployed as it is', async () => {
    const { callback_id: id, path } = await deployed({ code: PYTHON });
    read(await change(id, { library: 'narae-nowhere==1.0' }), 200, Callback);
    const answer = await post('/callback/deploy', { callback_id: id, status: true });
    expect(JSON.parse(answer.text)).toMatchObject({ status: 'failed', live: true, pending_changes: true });
    expect((await call('GET', `/api/${path}`)).lambdaStatusCode).toBe(200);
  });

  test('whose registry does not answer says so, after some tries', async () => {
    expect(await refusal('narae-unavailable==1.0', 'python')).toMatch(/registry did not answer.*[Dd]eploy it again/);
  });
});
