import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import { listen } from '../../../local/process/listen';
import { oddPackages as oddNode, realPackages, type Published } from './npm-packages';
import { oddPackages as oddPython, realWheels, wheel } from './wheels';

/** A registry for pip and npm on this machine: real packages, and some that a platform must refuse. */
export interface PackageIndex {
  readonly url: string;
  /** Variables that point a system's installers at it. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): void;
}

/** A package whose index never answers, in both languages. */
const UNAVAILABLE = 'narae-unavailable';

/** Packages that exist once somebody asks for them: no system has installed one of them before. */
const FRESH = 'narae-fresh-';
/** The same, but the index keeps silent until `GET /release/<name>`: a build that needs one goes on for so long. */
const HELD = 'narae-held-';

function publishFresh(name: string, files: Map<string, Buffer>): void {
  const [file, content] = wheel(name.replaceAll('-', '_'), {});
  if (!files.has(file)) files.set(file, content);
}

/**
 * Serves PEP 503 pages under /simple/ and packuments under /npm/. `GET /asked` tells which files were downloaded, in
 * order: how tests see whether something was installed again.
 * @param port 0 for any
 */
export async function startPackageIndex(port = 0): Promise<PackageIndex> {
  const python = new Map([...realWheels(), ...oddPython()]);
  const node = new Map([...realPackages(), ...oddNode()].map((one) => [one.manifest.name, one]));
  const asked: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<undefined>>();
  const gateOf = (name: string) => {
    const gate = gates.get(name) ?? Promise.withResolvers<undefined>();
    gates.set(name, gate);
    return gate;
  };
  const answer = async (path: string, response: ServerResponse): Promise<void> => {
    const released = /^\/release\/([^/]+)$/.exec(path)?.[1];
    if (released !== undefined) gateOf(released).resolve(undefined);
    const held = /^\/simple\/([^/]+)\/$/.exec(path)?.[1];
    if (held?.startsWith(HELD) === true) await gateOf(held).promise;
    const reply = path === '/asked' ? json(asked) : path.startsWith('/npm/') ? npm(path, node) : pip(path, python);
    if (reply.file !== undefined) asked.push(reply.file);
    send(response, path.includes(UNAVAILABLE) ? { status: 503 } : reply);
  };
  const server = createServer((request, response) => void answer(decodeURIComponent(request.url ?? '/'), response));
  const url = `http://127.0.0.1:${await listen(server, port)}`;
  return {
    url,
    environment: { NARAE_PYTHON_INDEX: `${url}/simple/`, NARAE_NODE_INDEX: `${url}/npm/` },
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

interface Reply {
  readonly status?: number;
  readonly type?: string;
  readonly body?: string | Buffer;
  /** Name of a file that was downloaded. */
  readonly file?: string;
}

const json = (value: unknown): Reply => ({ type: 'application/json', body: JSON.stringify(value) });
const NOT_THERE: Reply = { status: 404, ...json({ error: 'not found' }) };

const plain = (name: string) => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

function pip(path: string, files: Map<string, Buffer>): Reply {
  const file = /^\/files\/([^/]+)$/.exec(path)?.[1];
  if (file !== undefined) return { type: 'application/octet-stream', body: files.get(file) ?? '', file };
  const name = /^\/simple\/([^/]+)\/$/.exec(path)?.[1];
  if (name?.startsWith(FRESH) === true || name?.startsWith(HELD) === true) publishFresh(name, files);
  const mine = [...files].filter(([one]) => plain(one.replace(/-\d.*$/, '')) === plain(name ?? ''));
  if (mine.length === 0) return NOT_THERE;
  const links = mine.map(([one, bytes]) => {
    const hash = createHash('sha256').update(bytes).digest('hex');
    return `<a href="/files/${one}#sha256=${hash}">${one}</a>`;
  });
  return { type: 'text/html', body: `<!DOCTYPE html><html><body>${links.join('\n')}</body></html>` };
}

function npm(path: string, packages: ReadonlyMap<string, Published>): Reply {
  const file = /^\/npm\/files\/(.+)\.tgz$/.exec(path)?.[1];
  if (file !== undefined) return { type: 'application/octet-stream', body: packages.get(file)?.tarball ?? '', file };
  const found = packages.get(path.slice('/npm/'.length));
  if (!found) return NOT_THERE;
  const { manifest, integrity } = found;
  const { name, version } = manifest;
  return json({
    name,
    'dist-tags': { latest: version },
    versions: { [version]: { ...manifest, dist: { integrity, tarball: `HOST/npm/files/${name}.tgz` } } },
  });
}

function send(response: ServerResponse, { status = 200, type = 'text/plain', body = '' }: Reply): void {
  const { localPort = 0 } = response.socket ?? {};
  const content = typeof body === 'string' ? body.replaceAll('HOST/', `http://127.0.0.1:${localPort}/`) : body;
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(content) }).end(content);
}
