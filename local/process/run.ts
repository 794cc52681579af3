import { spawn } from 'node:child_process';

export interface RunResult {
  /** null where it was ended by a signal, the time limit, or could not be started. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly timeLimitMs: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** Runs a short program to its end. Never rejects. */
export function run([file, ...args]: readonly string[], { timeLimitMs, env, cwd }: RunOptions): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = spawn(file ?? '', args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeLimitMs,
      killSignal: 'SIGKILL',
      ...(env && { env }),
      ...(cwd !== undefined && { cwd }),
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
    child.once('error', (error) => resolve({ status: null, stdout, stderr: error.message }));
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
}
