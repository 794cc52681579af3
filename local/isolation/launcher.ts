import { filesystemArguments } from './filesystem';
import type { ChildLimits } from './limits';

/** Paths of the programs that isolate; those that the machine lacks are undefined. */
export interface Tools {
  readonly bwrap: string | undefined;
  readonly setpriv: string | undefined;
  readonly prlimit: string | undefined;
  /** Options that this bubblewrap knows, e.g. `--disable-userns`. */
  readonly bwrapOptions: ReadonlySet<string>;
}

export interface LauncherOptions {
  readonly tools: Tools;
  readonly root: boolean;
  readonly network: 'none' | 'public';
  /** See View.readable. */
  readonly readable: readonly string[];
  /** See View.late. */
  readonly late: readonly string[];
  readonly limits: ChildLimits;
  /** File with the filter of system calls; undefined where there is none for this machine, or no way to set it. */
  readonly filter: string | undefined;
}

/**
 * A user that nothing belongs to. Root's children run as it: the kernel bounds the number of processes of every user but
 * root.
 */
const NOBODY = '64999';

/**
 * A way to isolate a child, best first. What comes after can do less; `gap` says in words what that is.
 * `argv` is put in front of the child's command; file descriptors and environment pass through.
 */
export interface Variant {
  readonly tier: 'full' | 'limits' | 'none';
  readonly gaps: readonly string[];
  readonly boundsProcesses: boolean;
  readonly argv: readonly string[];
}

const FORK_GAP = 'the number of processes is not bounded';
const FILTER_GAP = 'system calls are not filtered: some memory is not bounded';

/**
 * All that may work with these tools, best first; which does is for a probe to say. How many there are, and in which
 * order, depends on tools, user and network alone.
 */
export function variants(options: LauncherOptions): Variant[] {
  const { tools } = options;
  const limits = limitsOnly(options);
  if (tools.bwrap === undefined || tools.prlimit === undefined) return limits;
  // A kernel may lack filters: what works with one is tried first, the same without one after it.
  if (options.filter !== undefined) {
    return [...withNamespaces(options), ...withNamespaces({ ...options, filter: undefined }), ...limits];
  }
  return [...withNamespaces(options), ...limits];
}

function withNamespaces(options: LauncherOptions): Variant[] {
  const { tools, root, filter } = options;
  const gaps = [
    ...(tools.bwrapOptions.has('--size') ? [] : ['the size of scratch folders is not bounded']),
    ...(filter === undefined ? [FILTER_GAP] : []),
  ];
  const namespaces = (argv: string[], boundsProcesses: boolean): Variant => ({
    tier: 'full',
    gaps: boundsProcesses ? gaps : [...gaps, FORK_GAP],
    boundsProcesses,
    argv,
  });
  const asNobody = root && tools.setpriv !== undefined ? [namespaces(nobody(options, tools.setpriv), true)] : [];
  // Root keeps its number inside a user namespace, and its processes are never counted.
  const own = root
    ? [namespaces(ownUser(options, false), false)]
    : [namespaces(ownUser(options, true), true), namespaces(ownUser(options, false), false)];
  return [...asNobody, ...own];
}

/** As the user who runs the stack, in a user namespace in which it is nobody special. */
function ownUser(options: LauncherOptions, countProcesses: boolean): string[] {
  const { tools } = options;
  return [
    ...openFilter(options),
    tools.bwrap ?? '',
    ...namespaceArguments(options),
    ...useFilter(options),
    ...['--unshare-user', ...noFurtherNamespaces(tools), '--cap-drop', 'ALL'],
    ...view(options, false),
    '--',
    ...prlimit(options, countProcesses),
  ];
}

/**
 * Root gives the view and then becomes a user that owns nothing. The second bubblewrap changes only the user namespace:
 * in it processes are counted apart from those of other children, and no further one can be made.
 */
function nobody(options: LauncherOptions, setpriv: string): string[] {
  const { tools } = options;
  const inner = ['--unshare-user', ...noFurtherNamespaces(tools), '--dev-bind', '/', '/', '--chdir', '{scratch}'];
  return [
    ...openFilter(options),
    tools.bwrap ?? '',
    ...namespaceArguments(options),
    ...view(options, true),
    '--',
    setpriv,
    ...['--reuid', NOBODY, '--regid', NOBODY, '--clear-groups', '--no-new-privs'],
    ...['--bounding-set=-all', '--inh-caps=-all', '--ambient-caps=-all', '--'],
    tools.bwrap ?? '',
    ...['--die-with-parent', ...useFilter(options), ...inner, '--'],
    ...prlimit(options, true),
  ];
}

/** Bubblewrap takes its filter from a descriptor. User code does not inherit it: bubblewrap closes what it has read. */
const FILTER_DESCRIPTOR = '9';
const openFilter = ({ filter }: LauncherOptions) =>
  filter === undefined ? [] : ['/bin/sh', '-c', `exec "$@" ${FILTER_DESCRIPTOR}<"$0"`, filter];
const useFilter = ({ filter }: LauncherOptions) => (filter === undefined ? [] : ['--seccomp', FILTER_DESCRIPTOR]);

const namespaceArguments = ({ network }: LauncherOptions) => [
  ...['--unshare-ipc', '--unshare-pid', '--unshare-uts', '--unshare-cgroup-try'],
  ...(network === 'none' ? ['--unshare-net'] : []),
  ...['--die-with-parent', '--new-session', '--hostname', 'sandbox'],
];

const noFurtherNamespaces = ({ bwrapOptions }: Tools) =>
  bwrapOptions.has('--disable-userns') ? ['--disable-userns'] : [];

function view({ tools, readable, late, network, limits }: LauncherOptions, foreignUser: boolean): string[] {
  const sized = tools.bwrapOptions.has('--size');
  return filesystemArguments({ readable, late, network: network === 'public', foreignUser, sized, limits });
}

function prlimit({ tools, limits }: LauncherOptions, countProcesses: boolean): string[] {
  return [
    tools.prlimit ?? '',
    ...(countProcesses ? [`--nproc=${limits.processes}`] : []),
    ...[`--nofile=${limits.openFiles}`, `--fsize=${limits.fileBytes}`, '--core=0', '--'],
  ];
}

/** No bubblewrap, or no namespaces: the process runs among the others, with its use of some things bounded. */
function limitsOnly(options: LauncherOptions): Variant[] {
  const bare: Variant = { tier: 'none', gaps: ['nothing is kept from user code'], boundsProcesses: false, argv: [] };
  if (options.tools.prlimit === undefined) return [bare];
  // RLIMIT_NPROC would count all processes of this user, the person's own among them.
  const gaps = ['files, network and other processes of this machine are within reach of user code', FORK_GAP];
  return [{ tier: 'limits', gaps, boundsProcesses: false, argv: prlimit(options, false) }, bare];
}
