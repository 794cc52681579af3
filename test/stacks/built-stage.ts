import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import type { ServiceManifest } from '../../lambdas/platform/manifest';
import { SERVICES } from '../../lambdas/services';
import { addStage, type NaraeStacks } from '../../lib/app';
import { parseConfig } from '../../lib/config';
import { PlatformFunction } from '../../lib/constructs/platform-function';
import { readStage, repository, TemplateJson, type Stage, type StageOrder, type WrittenStage } from './stage';

/** For tests that change the stacks themselves; what only reads templates takes those of `stage.ts`, which are made once. */
export interface BuiltStage extends NaraeStacks {
  readonly app: App;
  readonly all: readonly Stack[];
  /** Folder of the cloud assembly. */
  readonly assembly: string;
}

const CdkJson = z.object({ context: z.record(z.string(), z.unknown()) });
const { context } = CdkJson.parse(JSON.parse(readFileSync(path.join(repository, 'cdk.json'), 'utf8')));

const folders: string[] = [];

// CloudFormation's own rules take most of a synthesis. They run in `cdk synth`; cdk-nag's run here too.
process.env['CDK_VALIDATION'] = 'false';

/** The stage's stacks, as `cdk deploy` would have them; assets stay where they are, and manifests name them there. */
export function buildStage(
  { name, overrides = {}, environment = {}, said = {} }: StageOrder,
  services: readonly ServiceManifest[] = SERVICES,
): BuiltStage {
  const assembly = mkdtempSync(path.join(tmpdir(), 'narae-stacks-'));
  folders.push(assembly);
  const app = new App({
    context: { ...context, ...said, 'aws:cdk:disable-asset-staging': true },
    outdir: assembly,
  });
  const stacks = addStage(app, parseConfig(name, [overrides]), environment, services);
  const all = app.node.children.filter((child) => child instanceof Stack);
  return { app, assembly, all, ...stacks };
}

/** What becomes of it. */
export const synthesized = (stage: BuiltStage): Stage => readStage(writtenStage(stage));

export function writtenStage(stage: BuiltStage): WrittenStage {
  const { app, all, data, engine, api, edge, ops } = stage;
  // Before anything else is read: cdk-nag's findings fail it.
  app.synth();
  return {
    all: all.map((stack) => ({
      stackName: stack.stackName,
      region: stack.region,
      template: TemplateJson.parse(Template.fromStack(stack).toJSON()),
    })),
    data: data.stackName,
    engine: engine.stackName,
    serviceStacks: Object.fromEntries([...stage.serviceStacks].map(([name, { stackName }]) => [name, stackName])),
    api: api.stackName,
    ...(edge && { edge: edge.stackName }),
    ...(ops && { ops: ops.stackName }),
    ownFunctions: ownFunctions(stage),
    apiFunctions: [...api.functions.keys()],
    assets: Object.fromEntries(all.map(({ stackName }) => [stackName, assetsOf(stage, stackName)])),
  };
}

/** The functions that are made of our own sources. */
const ownFunctions = ({ app }: BuiltStage) =>
  app.node.findAll().flatMap((one) => (one instanceof PlatformFunction ? [{ name: one.name, entry: one.entry }] : []));

const Manifest = z.object({
  files: z.record(z.string(), z.object({ displayName: z.string(), source: z.object({ path: z.string() }) })),
});

function assetsOf({ assembly }: BuiltStage, stackName: string): WrittenStage['assets'][string] {
  const { files } = Manifest.parse(JSON.parse(readFileSync(path.join(assembly, `${stackName}.assets.json`), 'utf8')));
  return Object.entries(files).map(([hash, { displayName, source }]) => ({
    hash,
    name: displayName,
    folder: path.resolve(assembly, source.path),
  }));
}

export function removeAssemblies(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}
