import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { REPOSITORY } from './bundle';

const Package = z.object({ version: z.string() });

/** Version in package.json: what a deployed stage says it is. */
export const productVersion = Package.parse(
  JSON.parse(readFileSync(path.join(REPOSITORY, 'package.json'), 'utf8')),
).version;
