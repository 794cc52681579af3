import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Sizes of what is deployed, from the last synthesis; kilobytes. */
export function bundleSizes(folder: string): { readonly name: string; readonly kb: number }[] {
  const newest = new Map<string, { at: number; kb: number }>();
  for (const entry of readdirSync(folder)) {
    const name = entry.replace(/-[0-9a-f]{16}$/, '');
    const [main] = readdirSync(join(folder, entry)).filter((file) => /\.m?js$/.test(file));
    if (main === undefined) continue;
    const { size, mtimeMs } = statSync(join(folder, entry, main));
    if (mtimeMs > (newest.get(name)?.at ?? 0)) newest.set(name, { at: mtimeMs, kb: Math.round(size / 1000) });
  }
  return [...newest].map(([name, { kb }]) => ({ name, kb })).sort((a, b) => a.name.localeCompare(b.name));
}
