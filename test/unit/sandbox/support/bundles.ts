import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { listen } from '../../../../local/process/listen';

/** A place that bundles are fetched from, as presigned addresses are: by GET, without anything else. */
export class BundleStore {
  readonly #server: Server;

  /** Paths that were asked for. */
  readonly asked: string[] = [];
  readonly #bundles = new Map<string, Buffer>();

  private constructor(
    readonly origin: string,
    server: Server,
  ) {
    this.#server = server;
  }

  static async start(): Promise<BundleStore> {
    const server = createServer();
    const port = await listen(server);
    const store = new BundleStore(`http://127.0.0.1:${port}`, server);
    server.on('request', ({ url = '' }, response) => {
      store.asked.push(url);
      const bundle = store.#bundles.get(url);
      response.writeHead(bundle ? 200 : 404).end(bundle);
    });
    return store;
  }

  /** @returns what a run's event says of it */
  put(bundle: Buffer, bundleSha = sha256(bundle)): { readonly bundleUrl: string; readonly bundleSha: string } {
    const place = `/${sha256(bundle)}`;
    this.#bundles.set(place, bundle);
    return { bundleUrl: this.origin + place, bundleSha };
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/**
 * A tar.gz of files, as the system's own tar makes one.
 * @param options of tar
 * @param links names and what they lead to
 */
export function tarOf(
  files: Readonly<Record<string, string>>,
  options: readonly string[] = [],
  links: Readonly<Record<string, string>> = {},
): Buffer {
  const folder = mkdtempSync(path.join(tmpdir(), 'narae-tar-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    for (const [name, target] of Object.entries(links)) symlinkSync(target, path.join(folder, name));
    const args = ['--format=posix', '--pax-option=delete=atime,delete=ctime,delete=mtime', '--mtime=@0', ...options];
    const { status, stdout, stderr } = spawnSync(
      'tar',
      ['-czf', '-', ...args, ...Object.keys({ ...files, ...links })],
      {
        cwd: folder,
        encoding: 'buffer',
      },
    );
    if (status !== 0) throw new Error(stderr.toString());
    return stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
