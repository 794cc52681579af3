import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { ReplyOf } from '../platform/http/route';
import type { Headers } from '../platform/auth/principal';
import { routeNotFound } from '../platform/http/router';
import type { siteRoutes } from './routes';

/** Files of the documentation pages, gzipped in the function's package. They are read when first asked for. */

interface Asset {
  readonly gzipped: Buffer;
  /** Changes with the content. */
  readonly version: string;
}

export interface Assets {
  /** Versions by file name, for addresses that can be cached for ever. */
  versions(): Promise<ReadonlyMap<string, string>>;
  /** @throws AppError `ROUTE_NOT_FOUND` */
  reply(name: string, headers: Headers): Promise<ReplyOf<(typeof siteRoutes)['getDocsAsset']>>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/** Pages name a version with each file: what is kept under an address never changes. */
const CACHED_FOR_EVER = 'public, max-age=31536000, immutable';

/** @param folder holds `<name>.gz` for each file */
export function assetsIn(folder: string): Assets {
  let read: Promise<ReadonlyMap<string, Asset>> | undefined;
  const all = () => (read ??= readAll(folder));
  return {
    versions: async () => new Map([...(await all())].map(([name, { version }]) => [name, version])),
    reply: async (name, headers) => {
      const asset = (await all()).get(name);
      if (!asset) throw routeNotFound(`/docs/${name}`);
      const etag = `W/"${asset.version}"`;
      const common = { ETag: etag, 'Cache-Control': CACHED_FOR_EVER, Vary: 'Accept-Encoding' };
      if (headers['if-none-match'] === etag) return { status: 304, body: undefined, headers: common };
      const isGzipTaken = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(headers['accept-encoding'] ?? '');
      return {
        body: undefined,
        bytes: isGzipTaken ? asset.gzipped : await promisify(gunzip)(asset.gzipped),
        headers: {
          ...common,
          'Content-Type': TYPES[path.extname(name)] ?? 'application/octet-stream',
          'X-Content-Type-Options': 'nosniff',
          ...(isGzipTaken && { 'Content-Encoding': 'gzip' }),
        },
      };
    },
  };
}

async function readAll(folder: string): Promise<ReadonlyMap<string, Asset>> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.gz'));
  const read = async (file: string) => {
    const gzipped = await readFile(path.join(folder, file));
    const version = createHash('sha256').update(gzipped).digest('hex').slice(0, 16);
    return [path.basename(file, '.gz'), { gzipped, version }] as const;
  };
  return new Map(await Promise.all(files.map(read)));
}
