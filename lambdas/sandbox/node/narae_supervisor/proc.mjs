/** What /proc says about processes. All readers answer undefined (or nothing) for a process that is gone. */
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';

/** The kernel shows processor time in ticks of 10 ms on every platform that Lambda and laptops have. */
const TICK_NS = 10_000_000;
const PAGE_BYTES = pageBytes();

/** `{state, parent, ownCpuNs, reapedCpuNs, threads, started}` of /proc/[pid]/stat. */
export function stat(pid) {
  const text = read(`/proc/${pid}/stat`);
  if (!text) return undefined;
  // The name stands in parentheses and may hold anything; the fields after it start with the state.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    state: fields[0],
    parent: Number(fields[1]),
    ownCpuNs: (Number(fields[11]) + Number(fields[12])) * TICK_NS,
    reapedCpuNs: (Number(fields[13]) + Number(fields[14])) * TICK_NS,
    threads: Number(fields[17]),
    started: fields[19],
  };
}

/**
 * CPU time of a process and of the children it has waited for, ns; `known` is its stat. The scheduler's own figures
 * have ns, but only for living threads; stat counts all in ticks.
 */
export function cpuNs(pid, known) {
  let threads = 0;
  for (const thread of list(`/proc/${pid}/task`))
    threads += Number(read(`/proc/${pid}/task/${thread}/schedstat`)?.split(' ', 1)[0] ?? 0);
  return Math.max(threads, known.ownCpuNs) + known.reapedCpuNs;
}

export const residentBytes = (pid) => Number(read(`/proc/${pid}/statm`)?.split(' ')[1] ?? 0) * PAGE_BYTES;

export const peakResidentBytes = (pid) => kilobytes(`/proc/${pid}/status`, 'VmHWM') ?? 0;

/** Resident memory with shared pages counted in proportion; undefined where the kernel does not tell. */
export const proportionalBytes = (pid) => kilobytes(`/proc/${pid}/smaps_rollup`, 'Pss');

/** The newest process or thread id of our PID namespace: as long as it stays, nothing was forked. */
export function lastPid() {
  const text = read('/proc/loadavg');
  return text && Number(text.slice(text.lastIndexOf(' ') + 1));
}

export const allPids = () =>
  list('/proc')
    .map(Number)
    .filter((pid) => pid > 0);

/**
 * Pids whose parent `pid` is; `threads` is how many it has, where that is known. One may be missing while another one
 * ends: good enough for a look among many, not for the last one.
 */
export function children(pid, threads) {
  const tasks = threads === 1 ? [pid] : list(`/proc/${pid}/task`);
  return tasks.flatMap((thread) =>
    (read(`/proc/${pid}/task/${thread}/children`) ?? '').split(' ').filter(Boolean).map(Number),
  );
}

/** Kernels may be built without it. */
export const tellsChildren = existsSync(`/proc/${process.pid}/task/${process.pid}/children`);

export function owner(pid) {
  try {
    return statSync(`/proc/${pid}`).uid;
  } catch {
    return undefined;
  }
}

/**
 * Whether a process holds on to a place by its environment, its working directory or an open file.
 * @returns undefined where that can't be told: it is just ending, or becoming another program
 */
export function mentions(pid, place) {
  const environment = read(`/proc/${pid}/environ`);
  const folder = link(`/proc/${pid}/cwd`);
  if (!environment && folder === '') return undefined;
  if (environment?.includes(place) || folder.includes(place)) return true;
  return list(`/proc/${pid}/fd`).some((descriptor) => link(`/proc/${pid}/fd/${descriptor}`).includes(place));
}

function kilobytes(path, name) {
  const value = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(read(path) ?? '')?.[1];
  return value && Number(value) * 1024;
}

function read(path) {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

function list(path) {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function link(path) {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** The kernel counts in pages, and their size differs between machines: our own memory is told in both units. */
function pageBytes() {
  const resident = kilobytes('/proc/self/status', 'VmRSS');
  const pages = Number(readFileSync('/proc/self/statm', 'latin1').split(' ')[1]);
  return 2 ** Math.round(Math.log2(resident / pages));
}
