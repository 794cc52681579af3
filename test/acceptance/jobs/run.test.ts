import { execute, executeAtOnce, finished, flat, log, resultOf, status, upload } from './api';
import { target } from '../../support/api';

const ADD = 'import sys\nprint(sum(int(x) for x in sys.stdin.read().split()))\n';
const ECHO = {
  python: 'import sys\nsys.stdout.write(sys.stdin.read())\n',
  node: 'process.stdin.pipe(process.stdout);\n',
};

/** See docs/contracts/jobs.md#worked-examples, #semantics. */
describe('a job', () => {
  test('is stored as the worked example says', async () => {
    const job = await upload({ code: ADD, project: 'adders', description: 'adds numbers' });
    const key = `uploads/${job.job_id}.py`;
    expect(job).toMatchObject({ project: 'adders', code_key: key, s3_key: key, status: 'PENDING' });
    expect(job).toMatchObject({ log_key: null, logs_url: null });
    expect(job.data).toMatchObject({
      started_at: null,
      completed_at: null,
      code_key: key,
      language: 'python',
      runtime: 'python3.13',
      function_name: null,
      description: 'adds numbers',
    });
    expect(job.data.updated_at).toBe(job.data.created_at);
    expect(await status(job.job_id)).toEqual(job);
  });

  test('runs while the caller waits, and answers what it printed in three places', async () => {
    const { job_id } = await upload({ code: ADD });
    const job = await execute(job_id, { input: '4 5 6', timeout: 5000 });
    const log_key = `logs/${job_id}/1.json`;
    expect(job).toMatchObject({ status: 'SUCCESS', stdout: '15\n', stderr: '', log_key });
    expect(job.data).toMatchObject({ stdout: '15\n', stderr: '', resource: job.resource });
    expect(job.data.result).toMatchObject({
      job_id,
      run: 1,
      status: 'COMPLETED',
      stdout: '15\n',
      stderr: '',
      exit_code: 0,
      error_message: null,
      stdout_truncated: false,
      stderr_truncated: false,
      log_key,
      logs_url: job.logs_url,
      completed_at: job.data.completed_at,
    });
    expect(await status(job_id)).toEqual(job);
    expect(await flat(job_id)).toEqual({
      job_id,
      status: 'SUCCESS',
      project: 'default',
      created_at: job.data.created_at,
      started_at: job.data.started_at,
      completed_at: job.data.completed_at,
      timeout_ms: 5000,
      log_key,
      logs_url: job.logs_url,
    });
    expect(await log(log_key)).toEqual({ stdout: '15\n', stderr: '' });
  });

  test('has a log under an absolute address of this installation', async () => {
    const { logs_url, log_key } = await resultOf({ code: 'print(1)' });
    const address = new URL(logs_url ?? '');
    expect(address.searchParams.get('log_key')).toBe(log_key);
    expect(address.port).toBe(new URL(target().url).port);
    const { key } = target();
    const response = await fetch(address, { headers: key === undefined ? {} : { 'X-API-Key': key } });
    expect([response.status, await response.json()]).toEqual([200, '{"stdout":"1\\n","stderr":""}']);
  });

  test('fails with the type and message of the error, and stays 200', async () => {
    const { status: state, result, stderr } = await resultOf({ code: ADD }, { input: 'four' });
    expect(state).toBe('FAILED');
    expect(result).toMatchObject({
      status: 'FAILED',
      exit_code: 1,
      error_message: "ValueError: invalid literal for int() with base 10: 'four'",
    });
    expect(stderr).toContain('Traceback');
  });

  test.each(Object.entries(ECHO))(
    '%s reads its standard input byte for byte, also a large one',
    async (language, code) => {
      const { job_id } = await upload({ code, language });
      for (const input of ['', 'a\r\nb\n\u0000é한\n', 'x'.repeat(200 * 1024)])
        expect(await execute(job_id, { input })).toMatchObject({ status: 'SUCCESS', stdout: input });
    },
  );

  test('is a whole program in an empty folder, without anything of the caller', async () => {
    const code = [
      'import os, sys',
      'def handler(event): print("called")',
      'print(__name__, sys.argv[0], os.listdir("."), sys.stdin.read() == "")',
      'print(sorted(n for n in os.environ if n.startswith(("AWS", "NARAE"))))',
    ].join('\n');
    const { stdout } = await resultOf({ code, function_name: 'handler' });
    expect(stdout).toMatch(/^__main__ main\.py \[('main\.py')?\] True\n\[\]\n$/);
  });

  test('is a success by its exit code, whatever it wrote to stderr', async () => {
    expect(await resultOf({ code: 'console.error("warning")', language: 'node' })).toMatchObject({
      status: 'SUCCESS',
      stderr: 'warning\n',
      result: { exit_code: 0, error_message: null },
    });
  });

  test.each([
    ['an exit code', 'import sys\nprint("out")\nsys.exit(3)', 'python', 3, 'out\n'],
    ['an exit code of node', 'console.log("out"); process.exitCode = 4;', 'node', 4, 'out\n'],
    ['an uncaught error of node', 'console.log("out"); null.x;', 'node', 1, 'out\n'],
    ['a file that does not parse', 'def broken(:\n', 'python', 1, ''],
    ['lines that lost their ends', 'import sysprint(1)', 'python', 1, ''],
  ])('fails by %s', async (_, code, language, exit_code, stdout) => {
    const { status: state, result } = await resultOf({ code, language });
    expect([state, result.status, result.exit_code, result.stdout]).toEqual(['FAILED', 'FAILED', exit_code, stdout]);
    expect(result.error_message).toMatch(/\S/);
  });

  test.each([
    ['a signal', 'import os, signal\nprint("out", flush=True)\nos.kill(os.getpid(), signal.SIGKILL)'],
    ['too much memory', 'print("out", flush=True)\nx = bytearray(600 * 1024 * 1024)\nprint(len(x))'],
  ])('fails by %s without a 5xx', async (_, code) => {
    const { status: state, result } = await resultOf({ code });
    expect([state, result.stdout]).toEqual(['FAILED', 'out\n']);
    expect(result.error_message).toMatch(/\S/);
  });

  test('is timed out with its output so far', async () => {
    const code = 'import time\nprint("begun", flush=True)\ntime.sleep(600)';
    const { status: state, result } = await resultOf({ code }, { timeout: 700 });
    expect([state, result.status, result.exit_code, result.stdout]).toEqual(['TIMEOUT', 'TIMEOUT', null, 'begun\n']);
    expect(result.error_message).toContain('700');
    expect(result.resource?.execution_time_ms).toBeGreaterThanOrEqual(700);
  });

  test('replaces bytes that are not UTF-8 and cuts what is too long', async () => {
    const code = ['import sys', 'sys.stdout.buffer.write(b"a\\xff\\xfeb")', 'sys.stderr.write("e" * 300_000)'].join(
      '\n',
    );
    const { result } = await resultOf({ code });
    expect(result).toMatchObject({ stdout: 'a\ufffd\ufffdb', stdout_truncated: false, stderr_truncated: true });
    expect(result.stderr).toBe('e'.repeat(256 * 1024));
  });

  test.each([
    ['control characters', '\\x01'],
    ['quotes', '"'],
  ])('answers output that is all %s', async (_, char) => {
    const code = `import sys\nfor s in (sys.stdout, sys.stderr): s.write('${char}' * 262144)`;
    const { result, log_key } = await resultOf({ code });
    expect(result.status).toBe('COMPLETED');
    expect(result.stdout.length).toBeGreaterThan(50_000);
    expect((await log(log_key ?? '')).stdout.length).toBeGreaterThan(50_000);
  });
});

describe('execute', () => {
  test('without a body answers at once', async () => {
    const { job_id } = await upload({ code: 'import time\ntime.sleep(3)\nprint("done")' });
    const job = await executeAtOnce(job_id);
    expect(job).toMatchObject({ status: 'RUNNING', log_key: null, logs_url: null });
    expect(job.data.completed_at).toBeNull();
    expect(job.data.result ?? null).toBeNull();
    expect(await finished(job_id)).toMatchObject({ status: 'SUCCESS', stdout: 'done\n' });
  });

  test.each([
    ['?wait=true', undefined, 'SUCCESS'],
    ['?wait=false', {}, 'RUNNING'],
  ])('%s overrides what the body says', async (query, body, expected) => {
    const { job_id } = await upload({ code: 'import time\ntime.sleep(2)' });
    const job = body ? await execute(job_id, body, query) : await executeAtOnce(job_id, query);
    expect(job.status).toBe(expected);
    await finished(job_id);
  });

  test('takes its input from the body before the query', async () => {
    const { job_id } = await upload({ code: ECHO.python });
    expect((await execute(job_id, { input: 'body' }, '?input_data=query')).stdout).toBe('body');
    expect((await execute(job_id, {}, '?input_data=a%20query')).stdout).toBe('a query');
    expect((await executeAtOnce(job_id, '?wait=true&input_data=q')).stdout).toBe('q');
    expect(await execute(job_id)).toMatchObject({ stdout: '' });
  });

  test('waits for 25 s at most, and the run goes on', async () => {
    const { job_id } = await upload({ code: 'import time\ntime.sleep(27)\nprint("done")' });
    expect((await execute(job_id, { timeout: 60_000 })).status).toBe('RUNNING');
    expect(await finished(job_id)).toMatchObject({ status: 'SUCCESS', stdout: 'done\n' });
  });

  test('runs a finished job again, and the log of an earlier run stays', async () => {
    const { job_id } = await upload({ code: 'import sys\nt = sys.stdin.read()\nprint(t)\nsys.exit(int(t))' });
    const first = await execute(job_id, { input: '0' });
    const second = await execute(job_id, { input: '2', timeout: 9000 });
    expect([first.status, second.status]).toEqual(['SUCCESS', 'FAILED']);
    expect(second.log_key).toBe(`logs/${job_id}/2.json`);
    expect(second.data.result?.run).toBe(2);
    expect(second.data.started_at).not.toBe(first.data.started_at);
    expect((await flat(job_id)).timeout_ms).toBe(9000);
    expect((await execute(job_id, { input: '0' })).data.result?.run).toBe(3);
    expect((await log(`logs/${job_id}/1.json`)).stdout).toBe('0\n');
    expect((await log(`logs/${job_id}/2.json`)).stdout).toBe('2\n');
  });
});
