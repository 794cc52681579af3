import type { Attack } from './attack';

/** Addresses that are nobody's (RFC 5737, RFC 3849) stand for the internet: a test must not call a stranger. */
const ELSEWHERE = [
  '169.254.169.254:80',
  '169.254.170.2:80',
  '169.254.100.1:9001',
  '10.255.255.1:80',
  '172.17.0.1:80',
  '192.168.255.1:80',
  '192.0.2.1:443',
];

/** Attacks that reach for what listens somewhere. They return what they have reached. */
export const network: readonly Attack[] = [
  {
    name: 'connects to loopback, link-local, private and public addresses',
    timeoutMs: 20_000,
    code: {
      python: `
import socket
def reaches(family, address, kind=socket.SOCK_STREAM):
    with socket.socket(family, kind) as tried:
        tried.settimeout(1)
        try:
            tried.connect(address)
            if kind == socket.SOCK_DGRAM:
                tried.send(b"?")
            return True
        except OSError:
            return False
def handler(event):
    reached = [f"127.0.0.1:{port}" for port in event["ports"] + [9001] if reaches(socket.AF_INET, ("127.0.0.1", port))]
    reached += [f"[::1]:{port}" for port in event["ports"] if reaches(socket.AF_INET6, ("::1", port))]
    for address in ${JSON.stringify(ELSEWHERE)}:
        host, port = address.split(":")
        if reaches(socket.AF_INET, (host, int(port))):
            reached.append(address)
    if reaches(socket.AF_INET, ("192.0.2.53", 53), socket.SOCK_DGRAM):
        reached.append("udp 192.0.2.53:53")
    names = [line.split()[-1] for line in open("/proc/net/unix") if " @" in line]
    return reached + [name for name in names if reaches(socket.AF_UNIX, "\\0" + name[1:])]
`,
      node: `
const net = require("net"), dgram = require("dgram");
const reaches = (options) => new Promise((resolve) => {
  const socket = net.connect({ ...options, timeout: 1000 });
  const done = (result) => { socket.destroy(); resolve(result); };
  socket.on("connect", () => done(true)).on("error", () => done(false)).on("timeout", () => done(false));
});
const sends = (port, host) => new Promise((resolve) => {
  const socket = dgram.createSocket("udp4");
  socket.on("error", () => resolve(false)).send("?", port, host, (error) => { socket.close(); resolve(!error); });
});
exports.handler = async ({ ports }) => {
  const elsewhere = ${JSON.stringify(ELSEWHERE)}.map((address) => address.split(":"));
  const targets = [...[...ports, 9001].map((port) => ["127.0.0.1", port]), ...ports.map((port) => ["::1", port]), ...elsewhere];
  const reached = await Promise.all(targets.map(([host, port]) => reaches({ host, port: Number(port) })));
  return [...targets.filter((_, i) => reached[i]).map(([host, port]) => host + ":" + port), ...(await sends(53, "192.0.2.53") ? ["udp"] : [])];
};
`,
    },
    ends: ['COMPLETED'],
    walledReturns: [],
  },
  {
    name: 'reaches what listens on this machine by other spellings of its own address',
    timeoutMs: 30_000,
    code: {
      python: `
import socket, urllib.request
HOSTS = ["localhost", "127.1", "127.0.0.2", "0.0.0.0", "0", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[0:0:0:0:0:ffff:7f00:1]"]
def handler(event):
    reached = []
    for port in event["ports"]:
        for host in HOSTS:
            try:
                socket.create_connection((host.strip("[]"), port), 1).close()
                reached.append(f"{host}:{port}")
            except OSError:
                pass
            try:
                urllib.request.urlopen(f"http://{host}:{port}/latest/meta-data/", timeout=1)
                reached.append(f"http://{host}:{port}")
            except (OSError, ValueError):
                pass
    return reached
`,
    },
    ends: ['COMPLETED'],
    walledReturns: [],
  },
  {
    name: 'talks to the runtime API of its environment',
    timeoutMs: 30_000,
    code: {
      // Ids that are none: where the API can be reached, it refuses them.
      python: `
import http.client
def handler(event):
    answers = []
    for host in ["127.0.0.1:9001", "169.254.100.1:9001"] + [f"127.0.0.1:{port}" for port in event["ports"]]:
        for path in ("response", "error"):
            try:
                connection = http.client.HTTPConnection(host, timeout=1)
                connection.request("POST", f"/2018-06-01/runtime/invocation/00000000-0000-4000-8000-000000000000/{path}", '"forged"')
                answers.append(connection.getresponse().status)
            except (OSError, http.client.HTTPException):
                pass
    return [status for status in answers if status < 400]
`,
      node: `
const http = require("http");
const post = (host, path) => new Promise((resolve) => {
  const request = http.request("http://" + host + "/2018-06-01/runtime/invocation/00000000-0000-4000-8000-000000000000/" + path, { method: "POST", timeout: 1000 });
  request.on("response", ({ statusCode }) => resolve(statusCode)).on("error", () => resolve(599)).on("timeout", () => request.destroy()).end('"forged"');
});
exports.handler = async ({ ports }) => {
  const hosts = ["127.0.0.1:9001", "169.254.100.1:9001", ...ports.map((port) => "127.0.0.1:" + port)];
  const answers = await Promise.all(hosts.flatMap((host) => ["response", "error"].map((path) => post(host, path))));
  return answers.filter((status) => status < 400);
};
`,
    },
    ends: ['COMPLETED'],
    returns: [],
  },
];
