import * as z from 'zod';
import { Envelope, LogStore } from '../engine';
import { dynamo, ecr, kms, s3, sfn } from '../platform/aws/clients';
import { commonEnv, readEnv } from '../platform/env';
import { composeService } from '../platform/http/service';
import { startExecution } from '../platform/pipeline/start-execution';
import { BuildStore } from './build/store';
import { build, buildAndPush } from './build-use-cases';
import { AppStore } from './deploy/app-store';
import { deployApp, type DeployPorts } from './deploy/deploy-app';
import { spinSetting } from './deploy/spin-setting';
import { buildsErrors } from './errors';
import { registryOpener } from './oci/open-registry';
import type { Ports } from './ports';
import { push } from './push-use-case';
import { CredentialStore } from './request/credentials';
import { AllowedRegistry, Registries } from './request/registries';
import { buildsRoutes } from './routes';
import { scaffold } from './scaffold/scaffold';
import { getTask, listTasks } from './task/read-tasks';
import { taskStarter } from './start-task';
import { reportTask } from './task/report-task';
import { TaskStore } from './task/task-store';

const env = readEnv(
  commonEnv.extend({
    NARAE_APP_BUILDS: z.string().min(1),
    NARAE_APP_DEPLOYS: z.string().min(1),
    NARAE_NAMESPACES: z.string().transform((text) => text.split(',')),
    NARAE_REGISTRY_ENDPOINT: z.string().min(1).optional(),
    NARAE_SPIN: spinSetting,
    NARAE_DATA_KEY_ID: z.string().min(1),
    NARAE_REGISTRY: z.string().min(1),
    NARAE_REGISTRIES: z
      .string()
      .default('[]')
      .transform((text) => z.array(AllowedRegistry).parse(JSON.parse(text))),
  }),
);
const db = dynamo();
const { clock, endpoint } = composeService('builds', env, db);

const registries = new Registries(env.NARAE_REGISTRY, env.NARAE_REGISTRIES);

const ports: Ports = {
  clock,
  tasks: new TaskStore(db, env.NARAE_ENTITIES_TABLE, new LogStore(db, env.NARAE_RUNS_TABLE), reportTask(env)),
  store: new BuildStore(s3(), env.NARAE_BUCKET),
  credentials: new CredentialStore(db, env.NARAE_ENTITIES_TABLE, new Envelope(kms(), env.NARAE_DATA_KEY_ID, clock)),
  registries,
  start: taskStarter(startExecution(sfn(), env.NARAE_APP_BUILDS)),
};

const deployPorts: DeployPorts = {
  clock,
  apps: new AppStore(db, env.NARAE_ENTITIES_TABLE),
  registries,
  openRegistry: registryOpener(ecr(), env.NARAE_REGISTRY_ENDPOINT),
  namespaces: env.NARAE_NAMESPACES,
  spin: env.NARAE_SPIN,
  startDeploy: startExecution(sfn(), env.NARAE_APP_DEPLOYS),
};

export const handler = endpoint({
  routes: buildsRoutes,
  errors: buildsErrors,
  useCases: {
    build: build(ports),
    getTask: getTask(ports),
    listTasks: listTasks(ports),
    push: push(ports),
    scaffold,
    deployApp: deployApp(deployPorts),
    buildAndPush: buildAndPush(ports),
  },
});
