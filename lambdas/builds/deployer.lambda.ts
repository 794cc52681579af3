import * as z from 'zod';
import { Envelope } from '../engine';
import { deployingLambda, dynamo, ecr, kms } from '../platform/aws/clients';
import { commonEnv, readEnv } from '../platform/env';
import { dispatcher } from '../platform/pipeline/dispatcher';
import { workerHandler } from '../platform/pipeline/worker';
import { telemetry } from '../platform/telemetry';
import { systemClock } from '../platform/time/clock';
import { syncServerClock } from '../platform/time/sync-server-clock';
import { appHandlers } from './deploy/advance';
import { AppStore } from './deploy/app-store';
import { environmentOf } from './deploy/function-environment';
import { lazyTarget } from './deploy/lazy-target';
import { appDeploys } from './deploy/pipeline';
import { spinSetting } from './deploy/spin-setting';
import { LambdaTarget } from './lambda-target/lambda-target';
import { AppPlace } from './lambda-target/wanted';
import { registryOpener } from './oci/open-registry';
import { Registries } from './request/registries';

/** Does the steps of deploys and removals of apps; the state machine says which, and repeats them. */

const env = readEnv(
  commonEnv.extend({
    NARAE_APPS: z.string().transform((text) => AppPlace.parse(JSON.parse(text))),
    NARAE_DATA_KEY_ID: z.string().min(1),
    NARAE_REGISTRY: z.string().min(1),
    NARAE_REGISTRY_ENDPOINT: z.string().min(1).optional(),
    NARAE_SPIN: spinSetting,
  }),
);
const { logger } = telemetry('app-deployer', env);
const db = dynamo();
const timeKnown = syncServerClock(db, env.NARAE_RUNS_TABLE);
const registries = new Registries(env.NARAE_REGISTRY, []);
const openRegistry = registryOpener(ecr(), env.NARAE_REGISTRY_ENDPOINT);
const apps = new AppStore(db, env.NARAE_ENTITIES_TABLE);
const report = (message: string, error: unknown): void =>
  logger.error(message, { cause: error instanceof Error ? error : undefined });
const shared = {
  environmentOf: environmentOf(apps.functions, new Envelope(kms(), env.NARAE_DATA_KEY_ID, systemClock)),
  report,
};

const dispatch = dispatcher(
  appDeploys,
  appHandlers({
    clock: systemClock,
    apps,
    targets: {
      lambda: new LambdaTarget({
        place: env.NARAE_APPS,
        lambda: deployingLambda(),
        registry: (repository) => openRegistry(registries.realPlace(repository)),
        ...shared,
      }),
      spin: lazyTarget(async () => {
        const { configuredSpinTarget } = await import('./spin-target/configured');
        return configuredSpinTarget(env.NARAE_SPIN, { ...shared, now: systemClock.now });
      }),
    },
    report,
  }),
);

export const handler = workerHandler({
  dispatch,
  timeKnown,
  report: (cause) => {
    report('A step of a deploy failed; the state machine tries again', cause);
  },
});
