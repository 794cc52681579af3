import type { Code } from './languages';

const BURNT_MS = 200;

/** A statement that works until it has taken so much CPU time by the kernel's count, however fast or busy the machine is. */
export const BURNS: Code = {
  python: `exec("import time\\nuntil = time.process_time() + ${BURNT_MS / 1000}\\nwhile time.process_time() < until: pass")`,
  node: `for (const from = process.cpuUsage(); ; ) { const { user, system } = process.cpuUsage(from); if (user + system > ${BURNT_MS * 1000}) break; }`,
};

/** User and system time are counted in ticks of 10 ms each. */
export const ROUNDING_MS = 20;

/** What such a statement is counted with at least, ms. */
export const LEAST_BURNT_MS = BURNT_MS - ROUNDING_MS;
