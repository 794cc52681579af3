import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { listen } from '../../local/process/listen';
import { Installed, Resolved } from '../../lambdas/callbacks/deploy/build-order';
import { startPackageIndex, type PackageIndex } from '../support/packages';
import { stageOf, type Stage } from '../stacks/stage';
import { sha256 } from '../unit/sandbox/support/bundles';
import { deployedFunction } from './deployed-function';
import { EmulatedFunction } from './emulated-function';

/** Installers as they are deployed, under AWS's own Runtime Interface Emulator; index and store are on this machine. */

const WANTED = {
  python: { requirements: ['requests==2.28.0'] },
  node: { dependencies: { axios: '1.7.0' } },
};

let index: PackageIndex;
let stage: Stage;
let store: Server;
const uploaded: Buffer[] = [];

beforeAll(async () => {
  index = await startPackageIndex();
  const packageIndexes = { python: `${index.url}/simple/`, node: `${index.url}/npm/` };
  stage = stageOf('dev', { packageIndexes });
  store = createServer((request, response) => {
    void buffer(request).then((bytes) => {
      uploaded.push(bytes);
      response.writeHead(200).end();
    });
  });
  await listen(store);
});

afterAll(() => {
  index.stop();
  store.close();
});

test.each(['python', 'node'] as const)(
  'the %s installer resolves, installs, and reports by name what fails',
  async (language) => {
    const installer = await EmulatedFunction.start(deployedFunction(stage, `library-installer-${language}`));
    const ask = async (order: object): Promise<unknown> => {
      const { status, text } = await installer.invoke(order);
      if (status !== 200) throw new Error(`HTTP ${status}: ${text}\n${installer.log}`);
      return JSON.parse(text);
    };
    try {
      const resolved = Resolved.parse(await ask({ do: 'resolve', ...WANTED[language] }));
      if (!resolved.ok) throw new Error(resolved.reason);
      const uploadUrl = `http://127.0.0.1:${(store.address() as AddressInfo).port}/place`;
      const installed = Installed.parse(await ask({ do: 'install', lock: resolved.lock, uploadUrl }));
      const bundle = uploaded.at(-1) ?? Buffer.alloc(0);
      expect(installed).toMatchObject({ ok: true, sha256: sha256(bundle), packedBytes: bundle.length });

      const wanted =
        language === 'python'
          ? { requirements: ['narae-unavailable'] }
          : { dependencies: { 'narae-unavailable': '*' } };
      // The state machine tries again by this name.
      expect(await ask({ do: 'resolve', ...wanted })).toMatchObject({ errorType: 'RegistryUnavailable' });
    } finally {
      await installer.stop();
    }
  },
);
