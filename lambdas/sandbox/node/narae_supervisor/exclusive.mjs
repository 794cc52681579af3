/** Whether an environment is ours alone, as on AWS: then what a run leaves outside of its folder can be cleared too. */
import * as proc from './proc.mjs';

/** Our own process and those it descends from. */
export function family() {
  const members = new Set();
  for (let pid = process.pid; pid; pid = proc.stat(pid)?.parent) members.add(pid);
  return members;
}

/** Processes of our user that are neither we nor those we descend from. */
export function strangers(members) {
  const user = process.getuid();
  return proc.allPids().filter((pid) => !members.has(pid) && proc.owner(pid) === user);
}

export const isAlone = () => strangers(family()).length === 0;
