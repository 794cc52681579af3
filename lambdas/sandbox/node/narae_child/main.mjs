/** From an idle process to a finished run. */
import { Channel, receive, sayWarm } from './channel.mjs';
import { closeInherited } from './descriptors.mjs';
import { announceDirectExits } from './exits.mjs';
import { runHandler } from './handler-run.mjs';
import { givePackages } from './packages.mjs';
import { runScript } from './script-run.mjs';

export function main() {
  closeInherited();
  prepareOutput();
  sayWarm();
  const received = receive();
  if (!received) return;
  const { order, cpuBefore } = received;
  const channel = new Channel(order.token, cpuBefore);
  announceDirectExits(channel);
  Object.assign(process.env, order.env);
  givePackages(order);
  if (order.entry.kind === 'script') runScript(order, channel);
  else void runHandler(order, channel);
}

/** Makes writing wait for a full pipe: what is printed is out, also if the program ends itself right after. */
function prepareOutput() {
  for (const stream of [process.stdout, process.stderr]) stream._handle?.setBlocking?.(true);
}
