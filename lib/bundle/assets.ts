import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { REPOSITORY } from './compile';

/** A file that a function sends as it is; it stands gzipped in the folder `assets` of the function's package. */
export interface Asset {
  /** Path from the repository's root. */
  readonly from: string;
  /** Texts to put in place of others; each has to be there. */
  readonly instead?: Readonly<Record<string, string>>;
}

export interface PackedAsset {
  readonly name: string;
  readonly bytes: Buffer;
}

/** @throws Error naming a file that is missing, or that lacks what was to be replaced */
export function packAsset({ from, instead = {} }: Asset): PackedAsset {
  const file = path.join(REPOSITORY, from);
  if (!existsSync(file)) throw new Error(`${from} is missing: a service names it as an asset`);
  let text = readFileSync(file, 'utf8');
  for (const [before, after] of Object.entries(instead)) {
    if (!text.includes(before)) throw new Error(`${from} has no "${before}" that could be replaced`);
    text = text.replaceAll(before, after);
  }
  return { name: `${path.basename(from)}.gz`, bytes: gzipSync(text, { level: 9 }) };
}

export function writeAssets(folder: string, assets: readonly PackedAsset[]): void {
  if (assets.length === 0) return;
  const target = path.join(folder, 'assets');
  mkdirSync(target, { recursive: true });
  for (const { name, bytes } of assets) writeFileSync(path.join(target, name), bytes);
}

/** Changes with any of them. */
export const digestOf = (assets: readonly PackedAsset[]): string =>
  assets.reduce((hash, { name, bytes }) => hash.update(name).update(bytes), createHash('sha256')).digest('hex');
