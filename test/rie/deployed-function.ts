import * as z from 'zod';
import { everywhere, type Stage } from '../stacks/stage';

/** A function as `cdk deploy` would make it: settings of the template, and the folder that becomes its zip. */
export interface DeployedFunction {
  readonly name: string;
  readonly runtime: string;
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  readonly timeoutS: number;
  readonly folder: string;
}

const Properties = z.object({
  FunctionName: z.string(),
  Runtime: z.string(),
  Handler: z.string(),
  Code: z.object({ S3Key: z.string() }),
  Environment: z.object({ Variables: z.record(z.string(), z.string()) }).default({ Variables: {} }),
  MemorySize: z.number(),
  Timeout: z.number(),
});

/** @param name without the stage, or how it begins: the first such function is taken */
export function deployedFunction(stage: Stage, name: string): DeployedFunction {
  const found = everywhere(stage, 'AWS::Lambda::Function').find(
    ([
      ,
      {
        Properties: { FunctionName },
      },
    ]) =>
      String(FunctionName)
        .replace(/^narae-\w+-/, '')
        .startsWith(name),
  );
  if (!found) throw new Error(`The stage has no function ${name}*.`);
  const settings = Properties.parse(found[1].Properties);
  return {
    name: settings.FunctionName,
    runtime: settings.Runtime,
    handler: settings.Handler,
    environment: settings.Environment.Variables,
    memoryMb: settings.MemorySize,
    timeoutS: settings.Timeout,
    folder: folderOf(stage, settings.Code.S3Key),
  };
}

function folderOf({ assets }: Stage, key: string): string {
  const found = Object.values(assets)
    .flat()
    .find(({ hash }) => `${hash}.zip` === key);
  if (!found) throw new Error(`No stack uploads the asset ${key}.`);
  return found.folder;
}
