import path from 'node:path';
import type { FunctionPackage, PinnedPackages } from '../../lambdas/platform/runtimes/descriptor';
import { assemble, type Part } from './assemble';
import { REPOSITORY } from './bundle';
import { npmPackages, pipPackages, pinsOf } from './pinned';

/** By package client: makes the folder of a set of pins. */
const FETCHERS: Readonly<Record<PinnedPackages['client'], (set: string) => string>> = {
  pip: (set) => pipPackages(set),
  npm: npmPackages,
};

/**
 * Makes the package of a runtime's function: our sources, and packages of others.
 * @returns the folder that becomes the function's zip
 */
export function functionPackage(name: string, { folder, packages }: FunctionPackage): string {
  const parts = packages.map(({ client, set, part = '', to }): Part => {
    return { from: path.join(FETCHERS[client](pinsOf(set)), part), to };
  });
  return assemble(name, path.join(REPOSITORY, folder), parts);
}
