import { once } from 'node:events';
import type { Server } from 'node:net';

/**
 * Has a server listen, on loopback unless a host is given.
 * @param port 0 for any that is free
 * @returns the port
 * @throws what the system says, for instance EADDRINUSE
 */
export async function listen(server: Server, port = 0, host = '127.0.0.1'): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}
