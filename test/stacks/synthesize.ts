import { readFileSync, writeFileSync } from 'node:fs';
import { deserialize } from 'node:v8';
import * as z from 'zod';
import { buildStage, removeAssemblies, writtenStage } from './built-stage';
import { StageOrder, type Synthesis } from './stage';

/** A program: orders of stages come by standard input, what came of each is written into the file that it is given. */
const [, , file] = process.argv;
if (file === undefined) throw new Error('Say which file to write');

const syntheses = z
  .array(StageOrder)
  .parse(deserialize(readFileSync(0)))
  .map((order): Synthesis => {
    try {
      return { stage: writtenStage(buildStage(order)) };
    } catch (error) {
      return { failed: error instanceof Error ? error.message : String(error) };
    }
  });
removeAssemblies();
writeFileSync(file, JSON.stringify(syntheses));
