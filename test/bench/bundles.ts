import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const Note = z.object({ bundle: z.object({ bytes: z.number() }) });

/** Sizes of what is deployed, as the last synthesis noted them; kilobytes. */
export const bundleSizes = (folder: string): { readonly name: string; readonly kb: number }[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.json') && !file.endsWith('.meta.json'))
    .sort()
    .map((file) => {
      const { bundle } = Note.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
      return { name: file.replace(/\.json$/, ''), kb: Math.round(bundle.bytes / 1000) };
    });
