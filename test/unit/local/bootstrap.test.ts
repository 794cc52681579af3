import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const REPOSITORY = path.resolve(__dirname, '../../..');

/** A fresh clone on a machine whose programs are scripts of ours: each writes down what it was asked to do. */
class Machine {
  readonly root = mkdtempSync(path.join(tmpdir(), 'narae-clone-'));
  readonly #bin = path.join(this.root, 'machine');

  constructor() {
    mkdirSync(path.join(this.root, 'bin'));
    mkdirSync(this.#bin);
    for (const part of ['bootstrap.mjs', 'bootstrap']) {
      cpSync(path.join(REPOSITORY, 'local', part), path.join(this.root, 'local', part), { recursive: true });
    }
    this.write('local/requirements.txt', 'emulator==1\n');
    this.lock('1.0.0');
    this.write('bin/keys.ts', 'console.log(JSON.stringify({ args: process.argv.slice(2), env: process.env }));');
    this.write('local/start.ts', 'console.log("started", process.argv.slice(2).join(" ")); process.exit(7);');
    this.program(
      'npm',
      `mkdir -p node_modules && cp package-lock.json node_modules/.package-lock.json
       ln -sfn ${path.join(REPOSITORY, 'node_modules/tsx')} node_modules/tsx`,
    );
    this.program(
      'python3',
      `if [ "$1" = -c ]; then echo 3.12.1; elif [ "$2" = venv ]; then
         mkdir -p "$3/bin" && printf '#!/bin/sh\\necho venv-python "$@" >> ${this.root}/calls' > "$3/bin/python" && chmod +x "$3/bin/python"
       fi`,
    );
    this.program('bwrap', '');
  }

  write(file: string, text: string): void {
    mkdirSync(path.dirname(path.join(this.root, file)), { recursive: true });
    writeFileSync(path.join(this.root, file), text);
  }

  lock(version: string): void {
    const packages = { '': { name: 'x' }, 'node_modules/a': { version, integrity: `sha-${version}` } };
    this.write('package-lock.json', JSON.stringify({ packages }));
  }

  program(name: string, body: string): void {
    const file = path.join(this.#bin, name);
    writeFileSync(file, `#!/bin/sh\nPATH=/usr/bin:/bin\necho ${name} "$@" >> ${this.root}/calls\n${body}\n`);
    chmodSync(file, 0o755);
  }

  without(name: string): void {
    rmSync(path.join(this.#bin, name));
  }

  run(args: readonly string[], env: Record<string, string> = {}) {
    rmSync(path.join(this.root, 'calls'), { force: true });
    const { status, stdout, stderr } = spawnSync(process.execPath, ['local/bootstrap.mjs', ...args], {
      cwd: this.root,
      env: { PATH: this.#bin, HOME: this.root, ...env },
      encoding: 'utf8',
    });
    const calls = path.join(this.root, 'calls');
    return { status, stdout, stderr, calls: existsSync(calls) ? readFileSync(calls, 'utf8') : '' };
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

let machine: Machine;

beforeEach(() => {
  machine = new Machine();
});

afterEach(() => machine.remove());

describe('the first run', () => {
  test('installs npm packages and the emulator, then runs the command and ends with its status', () => {
    const { status, stdout, calls } = machine.run(['start', '--port', '0']);

    expect(calls).toMatch(/^npm ci --ignore-scripts --no-audit --no-fund$/m);
    expect(calls).toMatch(/^venv-python -m pip install .*--require-hashes .*requirements\.txt$/m);
    expect(stdout).toBe('started --port 0\n');
    expect(status).toBe(7);
  });

  test('is not repeated', () => {
    machine.run(['start']);

    expect(machine.run(['start'])).toMatchObject({ calls: '', stderr: '' });
  });

  test('takes packages that somebody has installed already', () => {
    machine.write(
      'node_modules/.package-lock.json',
      readFileSync(path.join(machine.root, 'package-lock.json'), 'utf8'),
    );
    machine.write('node_modules/tsx/package.json', '{}');

    expect(machine.run(['start']).calls).not.toContain('npm');
  });
});

describe('a change', () => {
  beforeEach(() => {
    machine.run(['start']);
  });

  test('of package-lock.json installs the packages anew, and nothing else', () => {
    machine.lock('2.0.0');

    expect(machine.run(['start']).calls).toBe('npm ci --ignore-scripts --no-audit --no-fund\n');
  });

  test("of the emulator's pins makes its environment anew", () => {
    machine.write('local/requirements.txt', 'emulator==2\n');

    expect(machine.run(['start']).calls).toMatch(/^python3 -m venv .*\nvenv-python -m pip install/m);
  });
});

describe('what is missing', () => {
  test('is said of a Python that is too old', () => {
    machine.program('python3', 'echo 3.9.2');

    const { status, stderr } = machine.run(['start']);
    expect(stderr).toMatch(/Python 3\.11 or newer is needed \(found only 3\.9\.2\)/);
    expect(status).toBe(1);
  });

  test('is said of packages that cannot be installed, with what npm said', () => {
    machine.program('npm', 'echo "no space left"; exit 1');

    const { status, stderr } = machine.run(['start']);
    expect(stderr).toMatch(/npm ci failed \(status 1\):\nno space left/);
    expect(status).toBe(1);
  });

  test('is installed where that is possible, and named where it is not: bubblewrap', () => {
    machine.without('bwrap');
    machine.program('apt-get', `[ "$1" = install ] && ln -s /bin/true ${machine.root}/machine/bwrap; exit 0`);

    const { stderr, calls, status } = machine.run(['start']);
    if (process.getuid?.() === 0) expect(calls).toMatch(/^apt-get install --yes .*bubblewrap$/m);
    else expect(stderr).toContain('sudo apt-get install bubblewrap');
    expect(status).toBe(7);
  });

  test('does not stop the start, without a package manager either', () => {
    machine.without('bwrap');

    const { status, stderr } = machine.run(['start']);
    expect(stderr).toMatch(/process limits only.*\n.*your package manager \(the package is "bubblewrap"\)/);
    expect(status).toBe(7);
  });
});

describe('npm run keys', () => {
  const system = {
    pid: process.pid,
    awsEndpoint: 'http://127.0.0.1:1',
    region: 'us-east-1',
    outputs: { 'narae-local-data': { EntitiesTableName: 'entities' } },
  };
  const seen = (env: Record<string, string> = {}) => {
    const { stdout } = machine.run(['keys', 'list'], env);
    return JSON.parse(stdout) as { args: string[]; env: Record<string, string> };
  };

  test('talks to the system that runs here', () => {
    machine.write('.narae/system.json', JSON.stringify(system));

    const { args, env } = seen();
    expect(args).toEqual(['list']);
    expect(env).toMatchObject({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1', NARAE_ENTITIES_TABLE: 'entities' });
  });

  test('leaves the choice to the person who has configured AWS credentials', () => {
    machine.write('.narae/system.json', JSON.stringify(system));

    expect(seen({ AWS_PROFILE: 'cloud' }).env).not.toHaveProperty('AWS_ENDPOINT_URL');
  });

  test('says so where no system runs, and where one has left its file behind', () => {
    expect(machine.run(['keys', 'list'])).toMatchObject({ status: 1 });

    const ended = spawnSync('/bin/true').pid;
    machine.write('.narae/system.json', JSON.stringify({ ...system, pid: ended }));
    const { status, stderr } = machine.run(['keys', 'list']);
    expect(stderr).toContain('No local stack is running');
    expect(status).toBe(1);
  });
});

describe('npm test', () => {
  test('prints what came out as the last line, after all that jest prints', () => {
    machine.program('chromium', '');
    machine.write(
      'node_modules/jest/bin/jest.js',
      `require('fs').writeFileSync(process.env.NARAE_TEST_SUMMARY, '3 passed, 1 failed, 0 skipped');
       process.on('exit', () => console.log('jest says goodbye', process.argv.slice(2).join(' ')));
       process.exitCode = 1;`,
    );

    const { status, stdout } = machine.run(['test', '--selectProjects', 'unit']);
    expect(stdout).toBe('jest says goodbye --selectProjects unit\n3 passed, 1 failed, 0 skipped\n');
    expect(status).toBe(1);
  });

  test('judges what all tests asked of AWS after them, and fails where either fails', () => {
    machine.program('chromium', '');
    machine.write(
      'node_modules/jest/bin/jest.js',
      `const judges = process.argv.includes('permissions');
       console.log(judges ? 'judge' : 'test', require('fs').existsSync(process.env.NARAE_TEST_RECORDINGS));
       process.exitCode = judges ? 1 : 0;`,
    );

    const { status, stdout } = machine.run(['test']);
    expect(stdout).toBe('test true\njudge true\n');
    expect(status).toBe(1);
  });
});

test('names its commands where it is given none', () => {
  const { status, stderr } = machine.run([]);
  for (const command of ['start', 'test', 'keys']) expect(stderr).toContain(command);
  expect(status).toBe(2);
});
