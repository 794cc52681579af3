import { Tags, Validations, type App, type StackProps } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { ServiceManifest } from '../lambdas/platform/manifest';
import { SERVICES } from '../lambdas/services';
import type { StageConfig } from './config';
import { PlatformFunction } from './constructs/platform-function';
import { proxyFunctions } from './constructs/local-proxy';
import { ApiStack } from './stacks/api';
import { DataStack, EDGE_REGION } from './stacks/data';
import { EdgeStack } from './stacks/edge';
import { EngineStack } from './stacks/engine';
import { OpsStack } from './stacks/ops';
import { hasStack, ServiceStack } from './stacks/service';

export interface NaraeStacks {
  readonly data: DataStack;
  readonly engine: EngineStack;
  /** Of services that have workers, by service. */
  readonly serviceStacks: ReadonlyMap<string, ServiceStack>;
  readonly api: ApiStack;
  /** Where CloudFront stands in front; without one nobody needs alarms either: it is an emulator. */
  readonly edge: EdgeStack | undefined;
  readonly ops: OpsStack | undefined;
}

/**
 * Puts a stage's stacks into the app. cdk-nag takes part in synthesis: a finding that nobody acknowledged fails it.
 * @param environment `NARAE_LAMBDA_PROXY_URL`: where the emulator of a local stage sends invokes
 */
export function addStage(
  app: App,
  config: StageConfig,
  environment: Readonly<Record<string, string | undefined>>,
  services: readonly ServiceManifest[] = SERVICES,
): NaraeStacks {
  const name = (part: string) => `narae-${config.stage}-${part}`;
  const at = (region: string, description: string): StackProps => ({
    description: `Narae ${config.stage}: ${description}`,
    env: { region, ...(config.account !== undefined && { account: config.account }) },
    terminationProtection: config.retainData,
  });
  const here = (description: string) => at(config.region, description);
  const data = new DataStack(app, name('data'), { ...here('tables, bucket, key, secrets'), config, services });
  const engine = new EngineStack(app, name('engine'), { ...here('runs code'), config, data, services });
  const serviceStacks = new Map(
    services.filter(hasStack).map((service) => {
      const { stack = service.name } = service;
      return [
        service.name,
        new ServiceStack(app, name(stack), { ...here(stack), config, data, engine, services, service }),
      ];
    }),
  );
  const api = new ApiStack(app, name('api'), { ...here('HTTP API'), config, data, engine, services, serviceStacks });
  const { enabled } = config.edge;
  const edge = enabled
    ? new EdgeStack(app, name('edge'), { ...at(EDGE_REGION, 'public address'), config, data, engine, api })
    : undefined;
  const ops = enabled
    ? new OpsStack(app, name('ops'), {
        ...here('alarms and dashboard'),
        config,
        data,
        engine,
        api,
        services,
        serviceStacks,
        functions: platformFunctions(app),
      })
    : undefined;
  Tags.of(app).add('narae:stage', config.stage);
  const proxy = environment['NARAE_LAMBDA_PROXY_URL'];
  if (config.stage === 'local' && proxy) proxyFunctions(app, proxy);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return { data, engine, serviceStacks, api, edge, ops };
}

const platformFunctions = (app: App): string[] =>
  app.node
    .findAll()
    .flatMap((construct) => (construct instanceof PlatformFunction ? [construct.name] : []))
    .sort();
