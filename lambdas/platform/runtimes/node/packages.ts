import * as z from 'zod';
import type { PackageList, PackagesRead } from '../descriptor';

/** Versions, ranges and tags: nothing with a protocol, a host, a path or an alias. */
const VERSION = /^[A-Za-z0-9.*^~<>=|&+\s-]*$/;
const PACKAGE_NAME = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-zA-Z0-9~-][a-zA-Z0-9._~-]*$/;

const Dependencies = z.record(z.string(), z.string());
const Manifest = z.object({ dependencies: Dependencies.optional() });

const NO_OBJECT = { problem: 'must be the text of a package.json, which is a JSON object' };

function read(text: string): PackagesRead {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return NO_OBJECT;
  const manifest = Manifest.safeParse(value);
  if (!manifest.success) return { problem: 'must have dependencies as an object of names and versions' };
  const all = Object.entries(manifest.data.dependencies ?? {});
  const wrong = all.find(([name, version]) => !PACKAGE_NAME.test(name) || !VERSION.test(version));
  if (wrong) {
    const problem = `must depend on packages of the registry by version; '${wrong.join(': ')}' does not`;
    return { problem: problem.slice(0, 300) };
  }
  const sorted = all.sort(([a], [b]) => (a < b ? -1 : 1));
  return { order: sorted.length > 0 ? { dependencies: Object.fromEntries(sorted) } : undefined };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const nodePackages: PackageList = {
  format: 'text of a package.json',
  order: { dependencies: Dependencies.readonly() },
  read,
};
