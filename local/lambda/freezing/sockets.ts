import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Connections of this machine to some of our ports, by the inode of the socket at the other end. */
export type SocketPorts = ReadonlyMap<string, number>;

/** Reads which local ports are connected to ports of ours, all processes together. */
export function socketsTo(ports: readonly number[]): SocketPorts {
  const ends = ports.map((port) => `:${port.toString(16).toUpperCase().padStart(4, '0')}`);
  const found = new Map<string, number>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of read(table).split('\n')) {
      const [, local, remote, , , , , , , inode] = line.trim().split(/\s+/);
      if (local === undefined || remote === undefined || inode === undefined) continue;
      if (ends.some((end) => remote.endsWith(end))) found.set(inode, parseInt(local.slice(-4), 16));
    }
  }
  return found;
}

/** The local ports, among these, whose sockets a process holds. */
export function portsHeldBy(pid: number, sockets: SocketPorts): number[] {
  const folder = `/proc/${pid}/fd`;
  return list(folder).flatMap((fd) => {
    const inode = /^socket:\[(\d+)\]$/.exec(link(`${folder}/${fd}`))?.[1];
    const port = inode === undefined ? undefined : sockets.get(inode);
    return port === undefined ? [] : [port];
  });
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return ''; // a machine without IPv6
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // it has ended, or is another user's, who has no network here
  }
}

function link(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}
