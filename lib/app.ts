import type { App } from 'aws-cdk-lib';
import { Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { StageConfig } from './config';
import { proxyFunctions } from './constructs/local-proxy';
import { ApiStack } from './stacks/api';
import { DataStack } from './stacks/data';
import { EngineStack } from './stacks/engine';

export interface NaraeStacks {
  readonly data: DataStack;
  readonly engine: EngineStack;
  readonly api: ApiStack;
}

/**
 * Puts a stage's stacks into the app. cdk-nag takes part in synthesis: a finding that nobody acknowledged fails it.
 * @param environment `NARAE_LAMBDA_PROXY_URL`: where the emulator of a local stage sends invokes
 */
export function addStage(
  app: App,
  config: StageConfig,
  environment: Readonly<Record<string, string | undefined>>,
): NaraeStacks {
  const env = { region: config.region, ...(config.account !== undefined && { account: config.account }) };
  const name = (part: string) => `narae-${config.stage}-${part}`;
  const data = new DataStack(app, name('data'), { env, config, description: 'Narae: tables, bucket, key, secrets' });
  const engine = new EngineStack(app, name('engine'), { env, config, data, description: 'Narae: runs code' });
  const api = new ApiStack(app, name('api'), { env, config, data, engine, description: 'Narae: HTTP API' });
  Tags.of(app).add('narae:stage', config.stage);
  const proxy = environment['NARAE_LAMBDA_PROXY_URL'];
  if (config.stage === 'local' && proxy) proxyFunctions(app, proxy);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return { data, engine, api };
}
