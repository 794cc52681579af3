import type { Look } from '../runtime';

/** Checks from within. */
const INSIDE = `
import os, signal, sys
scratch, secret, most, bounded = sys.argv[1], sys.argv[2], int(sys.argv[3]) + 10, sys.argv[4] == "bounded"
assert not os.path.exists(secret), "a file of this machine is in sight"
assert len([name for name in os.listdir("/proc") if name.isdigit()]) < 10, "other processes are in sight"
with open(os.path.join(scratch, "probe"), "w") as file: file.write("x")
children = 0
try:
    for _ in range(most):
        pid = os.fork()
        if pid == 0:
            signal.pause()
        children += 1
except OSError:
    pass
assert children > 0, "no process can be started"
assert not bounded or children < most, "processes are not bounded"
print("isolated", flush=True)
`;

export const looksAround = ({ scratch, secret, processes, bounded }: Look): string[] => [
  ...['-I', '-S', '-c', INSIDE],
  ...[scratch, secret, String(processes), bounded ? 'bounded' : 'unbounded'],
];
