/** What a child has open beside its own: Node passes on to a child whatever it inherited itself. */
import { closeSync, readdirSync, readFileSync } from 'node:fs';

/** Standard streams, run in, result out (docs/sandbox.md, "The child"). */
const OURS = 5;
/** The flag of what is closed when another program is executed; Node sets it on all that it opens. */
const CLOSE_ON_EXEC = 0o2000000;

/**
 * Closes what came from outside: whoever started the supervisor, or who started that, had it open. In Python the
 * supervisor does this when it starts a child.
 */
export function closeInherited() {
  for (const name of descriptors()) {
    const descriptor = Number(name);
    if (descriptor >= OURS && isInherited(descriptor)) closeSync(descriptor);
  }
}

function descriptors() {
  try {
    return readdirSync('/proc/self/fd');
  } catch {
    return []; // there is no /proc here
  }
}

function isInherited(descriptor) {
  try {
    const flags = /^flags:\s+([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'))?.[1];
    return flags !== undefined && (parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
  } catch {
    return false; // that of the list itself: it is closed by now
  }
}
