import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { inventoryOf } from '../inventory';
import { namedStage } from '../stage';

/**
 * Writes down what this commit deploys, for upgrade.test.ts of later ones: `npx tsx test/stacks/releases/record.ts
 * <version>`, done at each release. What is recorded is never edited.
 */
const [release] = process.argv.slice(2);
if (release === undefined || !/^[\w.-]+$/.test(release)) throw new Error('Say which release this is');
const inventories = Object.fromEntries(
  ['dev', 'prod', 'closed'].map((name) => [name, inventoryOf(namedStage(name).all)]),
);
writeFileSync(path.join(__dirname, `${release}.json`), `${JSON.stringify(inventories)}\n`);
