import * as z from 'zod';
import { everywhere, namedStage } from './stage';

/** What tests look at of a function in a template. */
export const Function = z.object({
  FunctionName: z.string(),
  Runtime: z.string(),
  Handler: z.string(),
  Architectures: z.array(z.string()),
  MemorySize: z.number(),
  Timeout: z.number(),
  TenancyConfig: z.unknown().optional(),
  LoggingConfig: z.looseObject({ LogGroup: z.object({ Ref: z.string() }) }),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }).default({ Variables: {} }),
  ReservedConcurrentExecutions: z.number().optional(),
  VpcConfig: z.unknown().optional(),
  TracingConfig: z.object({ Mode: z.string() }).optional(),
});
export type Function = z.output<typeof Function>;

/** All functions of a stage; `name` is without the stage. */
export const functionsOf = (name: string, stage = namedStage(name)) =>
  everywhere(stage, 'AWS::Lambda::Function').map(([, { Properties }]) => {
    const one = Function.parse(Properties);
    return { ...one, name: one.FunctionName.replace(`narae-${name}-`, '') };
  });

export const isSandbox = ({ name }: { readonly name: string }): boolean => name.startsWith('sandbox-');

/** Installers of packages stand alone, like sandboxes: they know nothing of the stage. */
export const isInstaller = ({ name }: { readonly name: string }): boolean => name.startsWith('library-installer-');
