/** Entry of a worker: one order on standard input, one answer on standard output. */
import { readFileSync } from 'node:fs';
import { Refused, RegistryUnavailable } from './working/failure.mjs';
import { install } from './working/install.mjs';
import { resolve } from './working/resolve.mjs';

process.chdir(process.env.HOME);
process.stdout.write(`${JSON.stringify(await work(JSON.parse(readFileSync(0, 'utf8'))))}\n`);

async function work(order) {
  try {
    const made =
      order.do === 'resolve' ? await resolve(order.dependencies) : await install(order.lock, order.uploadUrl);
    return { ok: true, ...made };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, reason: error.message };
    if (error instanceof RegistryUnavailable) return { unavailable: error.message };
    throw error;
  }
}
