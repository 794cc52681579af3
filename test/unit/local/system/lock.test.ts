import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AlreadyRunning, takeLock } from '../../../../local/system/lock';

let dir: string;
const file = () => path.join(dir, 'running.lock');

/** Whatever was there before: the lock is this process's now, nobody else gets it, and given back it is gone. */
function expectTaken(): void {
  const release = takeLock(file());
  expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({ pid: process.pid });
  expect(() => takeLock(file())).toThrow(AlreadyRunning);
  release();
  expect(readdirSync(dir)).toEqual([]);
}

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'narae-lock-'));
});

afterEach(() => rmSync(dir, { recursive: true }));

describe('the lock of a state folder', () => {
  test('is held until it is given back', () => {
    const release = takeLock(file());
    expect(() => takeLock(file())).toThrow(AlreadyRunning);

    release();

    expect(readdirSync(dir)).toEqual([]);
    takeLock(file())();
  });

  test('is taken over from a process that is gone', () => {
    writeFileSync(file(), JSON.stringify({ pid: spawnSync('/bin/true').pid, startedAt: '1' }));

    expectTaken();
  });

  test('is taken over where another process has the number of the one that held it', () => {
    writeFileSync(file(), JSON.stringify({ pid: process.ppid, startedAt: '1' }));

    expectTaken();
  });

  test('is taken over where it is damaged', () => {
    writeFileSync(file(), 'half a f');

    expectTaken();
  });
});
