import { lstatSync, readdirSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import * as scratch from './scratch.mjs';

/** What runs leave outside of their scratch folder, in an environment that is ours alone (AWS): a clean /tmp. */
export class Leftovers {
  #base;
  #kept;

  constructor({ scratchBase, ownsEnvironment, libraries }) {
    this.#base = scratchBase;
    this.#kept = ownsEnvironment ? new Set([...readdirSync(scratchBase), path.basename(libraries)]) : undefined;
  }

  /** Empties /tmp, but for libraries and what was there before the first run. Elsewhere /tmp belongs to others as well. */
  remove() {
    if (!this.#kept) return;
    for (const name of readdirSync(this.#base)) {
      if (this.#kept.has(name)) continue;
      const file = path.join(this.#base, name);
      if (lstatSync(file).isDirectory()) scratch.remove(file);
      else unlinkSync(file);
    }
  }
}
