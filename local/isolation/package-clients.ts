import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { run } from '../process/run';

/** How pip and npm reach their registries on this machine. */
export interface PackageClients {
  /** Variables that the clients read, and NARAE_NPMRC: lines of an npmrc file, credentials among them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Files of this machine that the variables name. */
  readonly readable: readonly string[];
}

export const NO_CLIENTS: PackageClients = { environment: {}, readable: [] };

const TIME_LIMIT_MS = 20_000;

/** Options of pip that say where packages come from, and how they are reached. */
const PIP_OPTIONS = [
  'index-url',
  'extra-index-url',
  'trusted-host',
  'cert',
  'client-cert',
  'proxy',
  'timeout',
  'default-timeout',
  'retries',
];
const PIP_SECTIONS = ['global', 'install', ':env:'];
/** The same of npm; beside them registries of scopes, and lines of one host (`//host/:_authToken=...`). */
const NPM_OPTIONS = ['registry', 'cafile', 'proxy', 'https-proxy', 'noproxy', 'strict-ssl', 'fetch-timeout'];
const COMMON = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NODE_EXTRA_CA_CERTS',
  'REQUESTS_CA_BUNDLE',
];
const FILES = [
  'PIP_CERT',
  'PIP_CLIENT_CERT',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NODE_EXTRA_CA_CERTS',
  'REQUESTS_CA_BUNDLE',
];

/**
 * Reads what the ordinary clients are configured with, by asking them: whoever starts the system on a laptop may have a
 * mirror, a proxy or a certificate, and installs packages for callbacks by the same way as for everything else.
 * @param python one that has pip
 */
export async function readPackageClients(python: string, environment: NodeJS.ProcessEnv): Promise<PackageClients> {
  const [pip, npm] = await Promise.all([readPip(python, environment), readNpm(environment)]);
  const common = COMMON.flatMap((name) => {
    const value = environment[name];
    return value ? [[name, value] as const] : [];
  });
  const all = { ...Object.fromEntries(common), ...pip, ...npm.environment };
  const named = FILES.flatMap((name) => (all[name] === undefined ? [] : [all[name]]));
  return { environment: all, readable: [...named, ...npm.readable].filter((file) => path.isAbsolute(file)) };
}

async function readPip(python: string, env: NodeJS.ProcessEnv): Promise<Record<string, string>> {
  const { status, stdout } = await run([python, '-m', 'pip', 'config', 'list'], { timeLimitMs: TIME_LIMIT_MS, env });
  return status === 0 ? pipVariables(stdout) : {};
}

/** From lines like `global.index-url='https://...'`, the more particular ones last, as pip prints them. */
export function pipVariables(text: string): Record<string, string> {
  const found: [number, string, string][] = [];
  for (const line of text.split('\n')) {
    const [, section = '', option = '', , quoted = ''] = /^([\w:]+)\.([\w-]+)=(['"])(.*)\3$/.exec(line) ?? [];
    const rank = PIP_SECTIONS.indexOf(section);
    if (rank < 0 || !PIP_OPTIONS.includes(option)) continue;
    // Lists stand on lines of their own in files, and are parted by spaces in variables.
    const value = quoted.replaceAll('\\n', ' ').replaceAll("\\'", "'").trim();
    found.push([rank, `PIP_${option.toUpperCase().replaceAll('-', '_')}`, value]);
  }
  const ordered = found.sort(([a], [b]) => a - b).map(([, name, value]) => [name, value] as const);
  return Object.fromEntries(ordered);
}

async function readNpm(environment: NodeJS.ProcessEnv): Promise<PackageClients> {
  const { status, stdout } = await run(['npm', 'config', 'list', '--json'], {
    timeLimitMs: TIME_LIMIT_MS,
    env: environment,
  });
  if (status !== 0) return NO_CLIENTS;
  const options = recordOf(JSON.parse(stdout));
  const files = [options['globalconfig'], options['userconfig'] ?? path.join(homedir(), '.npmrc')];
  const texts = await Promise.all(
    files.filter((file) => typeof file === 'string').map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  const cafile = options['cafile'];
  return {
    environment: { NARAE_NPMRC: npmrcOf(options, texts, environment) },
    readable: typeof cafile === 'string' ? [cafile] : [],
  };
}

/** Lines for a registry and its credentials, out of what npm says of itself and what stands in its files. */
export function npmrcOf(
  options: Readonly<Record<string, unknown>>,
  files: readonly string[],
  environment: NodeJS.ProcessEnv,
): string {
  const known = Object.entries(options).filter(
    ([name, value]) =>
      (NPM_OPTIONS.includes(name) || /^@[^:]+:registry$/.test(name)) &&
      ['string', 'number', 'boolean'].includes(typeof value),
  );
  // npm keeps these to itself; they stand in the files, and may name variables.
  const secret = files
    .flatMap((text) => text.split(/\r?\n/))
    .map((line) => line.trim())
    .filter((line) => line.startsWith('//') && line.includes('='))
    .map((line) => line.replace(/\$\{(\w+)\}/g, (_, name: string) => environment[name] ?? ''));
  return [...known.map(([name, value]) => `${name}=${String(value)}`), ...secret].join('\n');
}

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
