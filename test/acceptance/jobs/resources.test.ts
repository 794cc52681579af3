import { resultOf, type Script } from './api';

const resourceOf = async (script: Script) => {
  const { result, stdout } = await resultOf(script, { timeout: 60_000 });
  if (!result.resource) throw new Error('no figures');
  const { cpu_percent, execution_time_ms } = result.resource;
  return { ...result.resource, cpuMs: (cpu_percent * execution_time_ms) / 100, stdout: stdout ?? '' };
};

/** Burns so many ms of CPU by the kernel's count, and says how many. */
const burn = (ms: number) =>
  `import time\nwhile time.process_time() < ${ms / 1000}: pass\nprint(time.process_time() * 1000)`;

/** See docs/contracts/jobs.md#run-result-dataresult. */
describe('resource figures', () => {
  test('CPU is what the program burned', async () => {
    const { cpuMs, stdout } = await resourceOf({ code: burn(1500) });
    expect(cpuMs / Number(stdout)).toBeGreaterThan(0.85);
    expect(cpuMs / Number(stdout)).toBeLessThan(1.3);
  });

  test('CPU of child processes counts', async () => {
    const code = `import subprocess, sys\nsubprocess.run([sys.executable, "-c", ${JSON.stringify(burn(1000))}], check=True)`;
    expect((await resourceOf({ code })).cpuMs).toBeGreaterThan(850);
  });

  test('a program that waits takes time and no CPU', async () => {
    const [waits, works] = [
      await resourceOf({ code: 'import time\ntime.sleep(1.5)' }),
      await resourceOf({ code: burn(1500) }),
    ];
    expect(waits.execution_time_ms).toBeGreaterThanOrEqual(1500);
    expect(waits.cpuMs).toBeLessThan(works.cpuMs / 4);
  });

  test('memory is the peak of what the program held', async () => {
    const hold = (mib: number) => `import time\nx = bytearray(b"x") * (${mib} * 1024 * 1024)\ntime.sleep(0.5)\ndel x`;
    const [small, large] = [await resourceOf({ code: hold(1) }), await resourceOf({ code: hold(121) })];
    expect(small.memory_mb).toBeGreaterThan(2);
    expect((large.memory_mb - small.memory_mb) / 120).toBeGreaterThan(0.9);
    expect((large.memory_mb - small.memory_mb) / 120).toBeLessThan(1.2);
  });

  test('memory of a program that is over at once is known too', async () => {
    for (const script of [{ code: 'pass' }, { code: '1', language: 'node' }]) {
      const { memory_mb, execution_time_ms } = await resourceOf(script);
      expect(memory_mb).toBeGreaterThan(1);
      expect(execution_time_ms).toBeGreaterThanOrEqual(0.1);
    }
  });
});
