import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { listen } from '../../../../local/process/listen';
import { CodeStore } from '../../../../local/lambda/code-store';
import { readDefinition, type FunctionDefinition } from '../../../../local/lambda/definition';
import { zip } from '../support/lambda-stack';

let dir: string;
let server: Server;
let packed: Uint8Array;

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'code-store-'));
  server = createServer((_request, response) => response.end(packed));
  await listen(server);
});

afterEach(async () => {
  await new Promise<void>((resolve) => server.close(() => resolve()));
  await rm(dir, { recursive: true, force: true });
});

const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const definition = (Runtime: 'python3.13' | 'nodejs24.x'): FunctionDefinition =>
  readDefinition({
    Configuration: {
      FunctionName: 'f',
      Runtime,
      CodeSha256: createHash('sha256').update(packed).digest('base64'),
    },
    Code: { Location: `${address()}/code.zip` },
    $metadata: {},
  });

const store = () =>
  new CodeStore({ dir, awsEndpoint: address(), nodeModules: dir, environment: { NARAE_PYTHON: 'python3' } });

test('packages of Python functions are compiled once, when they are unpacked', async () => {
  packed = zip({ 'supervisor.py': 'import lib.work\n', 'lib/work.py': 'x = 1\n', 'lib/broken.py': 'def\n' });
  const folder = await store().folderOf(definition('python3.13'));
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.pyc'));
  expect(files.map((name) => path.basename(name).split('.')[0]).sort()).toEqual(['supervisor', 'work']);
});

test('others stay as they were packed', async () => {
  packed = zip({ 'index.mjs': 'export const handler = () => 1;', 'helper.py': 'x = 1\n' });
  const folder = await store().folderOf(definition('nodejs24.x'));
  expect((await readdir(folder)).sort()).toEqual(['helper.py', 'index.mjs']);
});
