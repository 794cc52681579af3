import type { Language } from '.';
import type { PackageList } from './descriptor';
import { nodePackages } from './node/packages';
import { pythonPackages } from './python/packages';

export const PACKAGES: Readonly<Record<Language, PackageList>> = { python: pythonPackages, node: nodePackages };
