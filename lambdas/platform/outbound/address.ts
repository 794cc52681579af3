import { BlockList, isIP } from 'node:net';

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
] as const;

/** Inside 2000::/3, which is all that is global unicast. */
const NOT_PUBLIC_V6 = [
  '2001::/23', // protocol assignments: Teredo, ORCHID, benchmarking
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4: leads to an IPv4 address of the sender's choice
  '2620:4f:8000::/48', // AS112
  '3fff::/20', // documentation
] as const;

/** First 96 bits of IPv6 addresses that stand for an IPv4 address, which is then the one to judge. */
const CARRIES_V4 = [
  '::ffff:', // mapped
  '64:ff9b::', // NAT64
] as const;

const inUse = new BlockList();
inUse.addSubnet('0.0.0.0', 0, 'ipv4');
inUse.addSubnet('2000::', 3, 'ipv6');
for (const prefix of CARRIES_V4) inUse.addSubnet(`${prefix}0.0.0.0`, 96, 'ipv6');

const notPublic = new BlockList();
for (const network of NOT_PUBLIC_V6) {
  const [base, bits] = network.split('/');
  notPublic.addSubnet(String(base), Number(bits), 'ipv6');
}
for (const network of NOT_PUBLIC_V4) {
  const [base, bits] = network.split('/');
  notPublic.addSubnet(String(base), Number(bits), 'ipv4');
  for (const prefix of CARRIES_V4) notPublic.addSubnet(`${prefix}${String(base)}`, 96 + Number(bits), 'ipv6');
}

/** @param address as a resolver or a URL writes it; anything that is no address is not public */
export function isPublicAddress(address: string): boolean {
  // A zone is for addresses of one link.
  if (isIP(address) === 0 || address.includes('%')) return false;
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  return inUse.check(address, family) && !notPublic.check(address, family);
}
