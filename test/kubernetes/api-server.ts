import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KubeConfig, VersionApi } from '@kubernetes/client-node';
import { freePort } from '../support/ports';
import { NoUseWaiting, waitFor } from '../support/wait';

const READY_DEADLINE_MS = 120_000;
/** Bearer token, user, uid, groups. */
const USERS = ['of-an-admin,admin,1,"system:masters"', 'of-a-stranger,stranger,2,"strangers"'];

/** A real API server on this machine, which forgets everything. Nothing runs what it is asked for. */
export class ApiServer {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #port: number;

  private constructor(child: ChildProcess, folder: string, port: number) {
    this.#child = child;
    this.#folder = folder;
    this.#port = port;
  }

  static async start(): Promise<ApiServer> {
    const folder = mkdtempSync(path.join(tmpdir(), 'narae-kubernetes-'));
    const port = await freePort();
    const key = path.join(folder, 'service-accounts.key');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(key, privateKey.export({ type: 'sec1', format: 'pem' }));
    writeFileSync(path.join(folder, 'users.csv'), USERS.join('\n'));
    const child = spawn(
      process.env['NARAE_TEST_KUBERNETES'] ?? '',
      [
        folder,
        String(port),
        `--token-auth-file=${path.join(folder, 'users.csv')}`,
        `--service-account-key-file=${key}`,
        `--service-account-signing-key-file=${key}`,
      ],
      // It ends with its standard input.
      { stdio: ['pipe', 'ignore', 'pipe'] },
    );
    let log = '';
    child.stderr.on('data', (bytes: Buffer) => (log = (log + bytes.toString()).slice(-4_000)));
    const server = new ApiServer(child, folder, port);
    await waitFor(
      'the API server to answer',
      async () => {
        if (child.exitCode !== null) throw new NoUseWaiting(`The API server ended:\n${log}`);
        return (await server.config('of-an-admin').makeApiClient(VersionApi).getCode()).gitVersion;
      },
      { deadlineMs: READY_DEADLINE_MS, everyMs: 200 },
    );
    return server;
  }

  config(token: string): KubeConfig {
    const certificate = readFileSync(path.join(this.#folder, 'certificates/apiserver.crt'));
    const config = new KubeConfig();
    config.loadFromOptions({
      clusters: [{ name: 'test', server: `https://127.0.0.1:${this.#port}`, caData: certificate.toString('base64') }],
      users: [{ name: 'test', token }],
      contexts: [{ name: 'test', cluster: 'test', user: 'test' }],
      currentContext: 'test',
    });
    return config;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.kill('SIGKILL');
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
