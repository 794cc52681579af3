/** Entry of a child: waits for one run on descriptor 3, executes it, reports on descriptor 4 (docs/sandbox.md). */
import { main } from './narae_child/main.mjs';

main();
