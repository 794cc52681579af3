import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';
import { listen } from '../../../local/process/listen';
import { DEPLOYMENTS } from '../../../lambdas/platform/runtimes/deployment';
import { functionPackage } from '../../../lib/bundle/function-package';
import { Installed, Resolved } from '../../../lambdas/callbacks/deploy/build-order';
import { startPackageIndex, type PackageIndex } from '../../support/packages';
import { BundleStore, sha256 } from '../sandbox/support/bundles';
import { PYTHON, SandboxEnvironment, type Language } from '../sandbox/support/environment';

/**
 * Installers as they are deployed, with the index of the tests and a store that takes what is put to it; and sandboxes
 * that run what was installed (docs/callbacks.md, "Builds").
 */

const DEADLINE_MS = 90_000;

const packageOf = (language: Language): string =>
  functionPackage(`installer-${language}`, DEPLOYMENTS[language].installer);

let index: PackageIndex;
let bundles: BundleStore;
let puts: Server;
const uploaded: Buffer[] = [];
let temporary: string;

beforeAll(async () => {
  index = await startPackageIndex();
  bundles = await BundleStore.start();
  puts = createServer((request, response) => {
    void buffer(request).then((bytes) => {
      uploaded.push(bytes);
      response.writeHead(request.method === 'PUT' && request.url === '/place?signed=yes' ? 200 : 403).end();
    });
  });
  await listen(puts);
  temporary = mkdtempSync(path.join(tmpdir(), 'narae-installer-'));
}, DEADLINE_MS);

afterAll(() => {
  index.stop();
  bundles.stop();
  puts.close();
  rmSync(temporary, { recursive: true, force: true });
});

/** What calls the function's own code with an order on standard input, and prints its answer. */
const CALLER = {
  python: (folder: string) => [
    ...[PYTHON, '-I', '-B', '-c'],
    `import json, sys; sys.path.insert(0, ${JSON.stringify(folder)}); from narae_installer import worker; print(json.dumps(worker.run(json.load(sys.stdin))))`,
  ],
  node: (folder: string) => [
    ...[process.execPath, '--input-type=module', '-e'],
    `import { handler } from ${JSON.stringify(`${folder}/installer.mjs`)}; import { readFileSync } from 'node:fs'; console.log(JSON.stringify(await handler(JSON.parse(readFileSync(0, 'utf8')))));`,
  ],
};

async function ask(language: Language, order: object): Promise<unknown> {
  const [program = '', ...args] = CALLER[language](packageOf(language));
  const env = {
    ...{ PATH: process.env['PATH'], TMPDIR: temporary, AWS_SECRET_ACCESS_KEY: 'of-the-role' },
    ...{
      PIP_CONFIG_FILE: '/dev/null',
      PIP_INDEX_URL: `${index.url}/simple/`,
      NARAE_NPMRC: `registry=${index.url}/npm/`,
    },
  };
  const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'], timeout: DEADLINE_MS });
  child.stdin.end(JSON.stringify(order));
  const [answer, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (answer === '') throw new Error(errors);
  return JSON.parse(answer);
}

const WANTED = {
  python: { requirements: ['requests==2.28.0'] },
  node: { dependencies: { axios: '1.7.0' } },
};

async function lockOf(language: Language, wanted: object): Promise<Extract<Resolved, { ok: true }>> {
  const resolved = Resolved.parse(await ask(language, { do: 'resolve', ...wanted }));
  if (!resolved.ok) throw new Error(resolved.reason);
  return resolved;
}

async function install(language: Language, lock: string): Promise<Extract<Installed, { ok: true }>> {
  const { port } = puts.address() as AddressInfo;
  const uploadUrl = `http://127.0.0.1:${port}/place?signed=yes`;
  const installed = Installed.parse(await ask(language, { do: 'install', lock, uploadUrl }));
  if (!installed.ok) throw new Error(installed.reason);
  return installed;
}

describe.each<Language>(['python', 'node'])('the installer of %s', (language) => {
  let lock: string;
  beforeAll(async () => {
    ({ lock } = await lockOf(language, WANTED[language]));
  }, DEADLINE_MS);

  test('makes of equal orders equal locks and equal bundles, which a sandbox takes', async () => {
    expect((await lockOf(language, WANTED[language])).lock).toBe(lock);
    const made = await install(language, lock);
    expect((await install(language, lock)).sha256).toBe(made.sha256);
    const bundle = uploaded.at(-1) ?? Buffer.alloc(0);
    expect(made).toMatchObject({ sha256: sha256(bundle), packedBytes: bundle.length });
    expect(made.unpackedBytes).toBeGreaterThan(made.packedBytes);

    const code = {
      python: 'import requests\ndef handler(event):\n    return requests.__version__\n',
      node: "exports.handler = () => require('axios').VERSION;\n",
    };
    const sandbox = await SandboxEnvironment.start(language);
    try {
      const run = { code: code[language], convention: 'callback', ...bundles.put(bundle) } as const;
      expect((await sandbox.run(run)).value).toBe({ python: '2.28.0', node: '1.7.0' }[language]);
    } finally {
      await sandbox.stop();
    }
  });

  test('refuses a lock whose hashes are not those of the index', async () => {
    const tampered = gunzipSync(Buffer.from(lock, 'base64'))
      .toString('utf8')
      .replace(/sha256:\w{8}/, 'sha256:00000000')
      .replace(/sha512-\w{8}/g, 'sha512-AAAAAAAA');
    const order = { do: 'install', lock: gzipSync(tampered).toString('base64'), uploadUrl: 'http://127.0.0.1:9/never' };
    expect(Installed.parse(await ask(language, order))).toMatchObject({ ok: false });
  });

  test('fails as such, not as a refusal, when the store does not take the bundle', async () => {
    const { port } = puts.address() as AddressInfo;
    const order = { do: 'install', lock, uploadUrl: `http://127.0.0.1:${port}/elsewhere?signed=no` };
    await expect(ask(language, order)).rejects.toThrow(/403/);
  });

  test('says that an index does not answer', async () => {
    const wanted = {
      python: { requirements: ['narae-unavailable'] },
      node: { dependencies: { 'narae-unavailable': '*' } },
    };
    const asked = ask(language, { do: 'resolve', ...wanted[language] });
    // The state machine knows it by the name of the error; the Python one is raised above the worker.
    if (language === 'python') expect(z.object({ unavailable: z.string() }).parse(await asked)).toBeDefined();
    else await expect(asked).rejects.toThrow(/RegistryUnavailable/);
  });
});
