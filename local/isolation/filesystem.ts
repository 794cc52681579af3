import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import type { ChildLimits } from './limits';

/** What an isolated process sees. */
export interface View {
  /** Files and folders of this machine that it may read, beside programs and libraries of the system. */
  readonly readable: readonly string[];
  /** Folders that it may read, whose names are filled in later, like `{scratch}`. */
  readonly late: readonly string[];
  /** Name service and certificates: only with a network are they of use. */
  readonly network: boolean;
  /** Every file that the process makes belongs to another user than the one that started it. */
  readonly foreignUser: boolean;
  /** Whether bubblewrap can bound the size of what is in memory (0.7 and later). */
  readonly sized: boolean;
  readonly limits: ChildLimits;
}

/** Programs and libraries of the system. No /usr/local: what the machine's owner installed is not user code's business. */
const SYSTEM = ['/usr/bin', '/usr/lib', '/usr/lib32', '/usr/lib64', '/usr/libexec', '/usr/share/zoneinfo'];
/** Links into /usr on most systems, folders on some. */
const SYSTEM_LINKS = ['/bin', '/sbin', '/lib', '/lib32', '/lib64'];
/** The loader finds libraries through it; without, only in the standard folders. */
const LOADER_CACHE = '/etc/ld.so.cache';
const NETWORK_FILES = [
  '/etc/resolv.conf',
  '/etc/hosts',
  '/etc/nsswitch.conf',
  '/etc/ssl',
  '/etc/pki',
  '/usr/share/ca-certificates',
];

/** Arguments of bubblewrap that build the view. `{scratch}` is filled in later. */
export function filesystemArguments({ readable, late, network, foreignUser, sized, limits }: View): string[] {
  const mode = foreignUser ? '1777' : '0700';
  const inMemory = (folder: string, bytes: number, perms: string) => [
    ...(sized ? ['--size', String(bytes)] : []),
    '--perms',
    perms,
    '--tmpfs',
    folder,
  ];
  const files = [LOADER_CACHE, ...(network ? NETWORK_FILES : []), ...readable];
  const extra = files.filter((file) => existsSync(file) && !isUnder(file, SYSTEM));
  const outermost = [...new Set(extra)].filter((file) => !isUnder(file, extra, 'properly'));
  return [
    ...parentFolders(SYSTEM),
    ...SYSTEM.filter((folder) => existsSync(folder)).flatMap((folder) => ['--ro-bind', folder, folder]),
    ...SYSTEM_LINKS.flatMap(linkOrBind),
    ...['--proc', '/proc', '--dev', '/dev'],
    ...inMemory('/dev/shm', limits.sharedMemoryBytes, '1777'),
    // In it are devices only; what one could write beside them would be memory without a bound.
    ...['--remount-ro', '/dev'],
    ...inMemory('/tmp', limits.tmpBytes, '1777'),
    ...parentFolders(outermost),
    ...outermost.flatMap((file) => ['--ro-bind', file, file]),
    ...inMemory('{scratch}', limits.scratchBytes, mode),
    ...late.flatMap((folder) => ['--ro-bind', folder, folder]),
    ...['--remount-ro', '/', '--chdir', '{scratch}'],
  ];
}

function linkOrBind(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return lstatSync(folder).isSymbolicLink()
    ? ['--symlink', readlinkSync(folder), folder]
    : ['--ro-bind', folder, folder];
}

/** Parents are made by hand: bubblewrap makes them for its own user alone, and the child may be another. */
function parentFolders(files: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const file of files) {
    const parents: string[] = [];
    for (let folder = path.dirname(file); folder !== '/'; folder = path.dirname(folder)) parents.unshift(folder);
    for (const folder of parents) folders.add(folder);
  }
  return [...folders].filter((folder) => folder !== '/tmp').flatMap((folder) => ['--perms', '0755', '--dir', folder]);
}

function isUnder(file: string, folders: readonly string[], how: 'properly' | 'or equal' = 'or equal'): boolean {
  return folders.some((folder) => file.startsWith(`${folder}/`) || (how === 'or equal' && file === folder));
}
