import { isIP, isIPv4 } from 'node:net';

/** Which addresses are the public internet (docs/contracts/functions.md#pass-through). */

/** Networks that lead somewhere else: IANA's special-purpose registry, multicast, and clouds' own services. */
const NOT_PUBLIC_V4 = [
  '0.0.0.0/8', // this host
  '10.0.0.0/8', // private
  '100.64.0.0/10', // behind carriers' address translation; Alibaba's metadata
  '127.0.0.0/8', // loopback
  '168.63.129.16/32', // Azure's platform service
  '169.254.0.0/16', // link-local: metadata of most clouds, ECS credentials
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments; Oracle's metadata
  '192.0.2.0/24', // documentation
  '192.31.196.0/24', // AS112
  '192.52.193.0/24', // automatic multicast tunnelling
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private
  '192.175.48.0/24', // AS112
  '198.18.0.0/15', // benchmarking
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and broadcast
].map(parseNetwork);

/** Inside 2000::/3, which is all that is global unicast. */
const NOT_PUBLIC_V6 = [
  ['2001::', 23], // protocol assignments: Teredo, ORCHID, benchmarking
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4: leads to an IPv4 address of the sender's choice
  ['2620:4f:8000::', 48], // AS112
  ['3fff::', 20], // documentation
] as const;

/** IPv6 addresses that stand for an IPv4 address, which is then the one to judge. */
const CARRIES_V4 = [
  ['::ffff:0:0', 96], // mapped
  ['64:ff9b::', 96], // NAT64
] as const;

/** @param address as a resolver or a URL writes it; anything that is no address is not public */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return isPublicV4(toV4(address));
    case 6:
      // A zone is for addresses of one link.
      return !address.includes('%') && isPublicV6(toV6(address));
    default:
      return false;
  }
}

const isPublicV4 = (value: number): boolean => !NOT_PUBLIC_V4.some(({ base, mask }) => (value & mask) >>> 0 === base);

function isPublicV6(value: bigint): boolean {
  if (CARRIES_V4.some(([base, bits]) => within(value, base, bits))) return isPublicV4(Number(value & 0xffffffffn));
  return within(value, '2000::', 3) && !NOT_PUBLIC_V6.some(([base, bits]) => within(value, base, bits));
}

const within = (value: bigint, base: string, bits: number): boolean =>
  value >> BigInt(128 - bits) === toV6(base) >> BigInt(128 - bits);

function parseNetwork(text: string): { readonly base: number; readonly mask: number } {
  const [address = '', bits = ''] = text.split('/');
  const mask = (0xffffffff << (32 - Number(bits))) >>> 0;
  return { base: (toV4(address) & mask) >>> 0, mask };
}

function toV4(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** 128 bits of an address that `isIP` took. */
function toV6(address: string): bigint {
  const lastColon = address.lastIndexOf(':');
  const tail = address.slice(lastColon + 1);
  const text = isIPv4(tail) ? `${address.slice(0, lastColon + 1)}${v4Groups(tail)}` : address;
  const [left = '', right] = text.split('::');
  const head = groupsOf(left);
  const rest = right === undefined ? [] : groupsOf(right);
  const gap = right === undefined ? [] : Array<number>(8 - head.length - rest.length).fill(0);
  return [...head, ...gap, ...rest].reduce((sum, group) => (sum << 16n) | BigInt(group), 0n);
}

const groupsOf = (text: string): number[] => (text === '' ? [] : text.split(':').map((group) => parseInt(group, 16)));

function v4Groups(address: string): string {
  const value = toV4(address);
  return `${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`;
}
