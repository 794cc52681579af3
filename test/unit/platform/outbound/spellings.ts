/** Several hundred ways to write addresses that must not be called, made from a list of networks. */

const INTERNAL_V4 = [
  '0.0.0.0', '0.1.2.3', '10.0.0.1', '10.255.255.254', '100.64.0.1', '100.100.100.200', '100.127.255.254',
  '127.0.0.1', '127.1.2.3', '127.255.255.254', '168.63.129.16', '169.254.0.1', '169.254.169.254', '169.254.170.2',
  '172.16.0.1', '172.31.255.254', '192.0.0.1', '192.0.0.192', '192.0.2.1', '192.88.99.1', '192.168.0.1',
  '192.168.255.254', '198.18.0.1', '198.19.255.254', '198.51.100.7', '203.0.113.9', '224.0.0.1', '239.255.255.250',
  '240.0.0.1', '255.255.255.255',
]; // prettier-ignore

const INTERNAL_V6 = [
  '::', '::1', '0:0:0:0:0:0:0:1', '0000:0000:0000:0000:0000:0000:0000:0001', '::2', '100::1', 'fc00::1', 'fd00::1',
  'fd00:ec2::254', 'fd20:ce::254', 'fe80::1', 'fe80::a9fe:a9fe', 'febf::1', 'fec0::1', 'ff02::1', 'ff05::2',
  '2001::1', '2001:0:53aa:64c:0:0:f5ff:fffe', '2001:10::1', '2001:20::1', '2001:db8::1', '3fff::1', '5f00::1',
  '64:ff9b:1::1', '4000::1', '8000::1',
]; // prettier-ignore

const parts = (address: string): number[] => address.split('.').map(Number);
const numberOf = (address: string): number => parts(address).reduce((sum, part) => sum * 256 + part, 0);
const hex = (value: number, width = 0): string => value.toString(16).padStart(width, '0');

/** What an IPv4 address looks like inside an IPv6 one: `a9fe:a9fe`. */
const groups = (address: string): string => {
  const value = numberOf(address);
  return `${hex(value >>> 16)}:${hex(value & 0xffff)}`;
};

/** Spellings of one IPv4 address as a host of a URL. */
function spellingsOfV4(address: string): string[] {
  const [a = 0, b = 0, c = 0, d = 0] = parts(address);
  const value = numberOf(address);
  return [
    address,
    `${address}.`,
    String(value),
    `0x${hex(value)}`,
    `0X${hex(value, 8).toUpperCase()}`,
    `0${value.toString(8)}`,
    [a, b, c, d].map((part) => `0x${hex(part)}`).join('.'),
    [a, b, c, d].map((part) => `0${part.toString(8)}`).join('.'),
    `${a}.${b * 65536 + c * 256 + d}`,
    `${a}.${b}.${c * 256 + d}`,
    encodeURI(address).replaceAll('.', '%2E'),
    Array.from(address, (char) => `%${hex(char.charCodeAt(0), 2)}`).join(''),
    address.replaceAll('.', '\u3002'),
    Array.from(address, (char) => (char === '.' ? char : String.fromCodePoint(0xff10 + Number(char)))).join(''),
    `[::ffff:${address}]`,
    `[::ffff:${groups(address)}]`,
    `[0:0:0:0:0:ffff:${groups(address)}]`,
    `[::${address}]`,
    `[64:ff9b::${address}]`,
    `[64:ff9b::${groups(address)}]`,
    `[2002:${groups(address)}::1]`,
    `[2002:${groups(address)}::]`,
  ];
}

export const hostileHosts = (): string[] => [
  ...INTERNAL_V4.flatMap(spellingsOfV4),
  ...INTERNAL_V6.flatMap((address) => [`[${address}]`, `[${address.toUpperCase()}]`]),
];

/** The same addresses as a resolver answers them. */
export const hostileAnswers = (): string[] => [
  ...INTERNAL_V4,
  ...INTERNAL_V4.flatMap((address) => [
    `::ffff:${address}`,
    `::ffff:${groups(address)}`,
    `64:ff9b::${groups(address)}`,
    `2002:${groups(address)}::1`,
    `::${address}`,
  ]),
  ...INTERNAL_V6,
  'fe80::1%eth0',
];

export const LOCAL_NAMES = [
  'localhost', 'LOCALHOST', 'localhost.', 'a.localhost', 'printer.local', 'metadata.google.internal',
  'ip-10-0-0-1.ec2.internal', 'intranet', 'db', 'router.lan', 'x.home.arpa', 'wiki.corp', 'nas.home',
]; // prettier-ignore

export const FORBIDDEN_URLS = [
  'ftp://shop.example/x', 'file:///etc/passwd', 'gopher://shop.example/', 'javascript:alert(1)', 'data:text/plain,x',
  'http://user@shop.example/', 'http://user:secret@shop.example/', 'http://:secret@shop.example/',
  'http://shop.example\\@127.0.0.1/', 'http://shop.example\t/', 'http://shop.example/\nHost: x', 'http://sho p.example/',
  'http://shop.example:0/', 'http://shop.example:99999/', 'http://', 'http:///', '//', 'shop', '',
  'http://[::1', 'http://1.2.3.4.5/', 'http://256.1.1.1/', 'http://0x7f.1/', 'http://127.1/', 'http://0/',
]; // prettier-ignore
