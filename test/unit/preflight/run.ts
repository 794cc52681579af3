import { execFile } from 'node:child_process';
import path from 'node:path';

const REPOSITORY = path.resolve(__dirname, '../../..');
const TIME_LIMIT_MS = 60_000;

export interface Ended {
  readonly status: number;
  /** Both streams. */
  readonly output: string;
}

/** Runs a command-line tool of ours to its end. */
export const runProgram = (file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', file, ...args],
      { cwd: REPOSITORY, env, timeout: TIME_LIMIT_MS },
      (error, stdout, stderr) => {
        const status = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ status, output: `${stdout}${stderr}` });
      },
    );
  });
