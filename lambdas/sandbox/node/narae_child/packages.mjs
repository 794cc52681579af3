/** Packages that user code finds: a link in its folder, which `require` and `import` both follow. */
import { existsSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the run brings along (which holds what is lent, too), or what is lent to all of its kind. */
export function givePackages({ library, convention }) {
  const packages = library === undefined ? lentTo(convention) : path.join(library, 'node_modules');
  if (packages !== undefined) symlinkSync(packages, 'node_modules');
}

function lentTo(convention) {
  if (convention !== 'callback') return undefined;
  const folder = fileURLToPath(new URL('../lent/callback/node_modules', import.meta.url));
  return existsSync(folder) ? folder : undefined;
}
