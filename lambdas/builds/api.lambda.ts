import { dynamo } from '../platform/aws/dynamo';
import { createAuth } from '../platform/auth/create-auth';
import { Idempotency } from '../platform/dynamo/idempotency';
import { commonEnv, readEnv } from '../platform/env';
import { endpoint } from '../platform/http/endpoint';
import { telemetry } from '../platform/telemetry';
import { systemClock } from '../platform/time/clock';
import { buildsErrors } from './errors';
import type { Ports } from './ports';
import { buildsRoutes } from './routes';
import { scaffold } from './scaffold/scaffold';
import { getTask, listTasks } from './task/read-tasks';
import { TaskStore } from './task/task-store';
import { unavailable } from './unavailable';

const env = readEnv(commonEnv);
const clock = systemClock;
const db = dynamo();

const ports: Ports = { clock, tasks: new TaskStore(db, env.NARAE_ENTITIES_TABLE) };

export const handler = endpoint({
  routes: buildsRoutes,
  errors: buildsErrors,
  useCases: {
    build: unavailable('Building'),
    getTask: getTask(ports),
    listTasks: listTasks(ports),
    push: unavailable('Publishing'),
    scaffold,
    deployApp: unavailable('Deploying'),
    buildAndPush: unavailable('Building'),
  },
  ...createAuth(env, db, clock),
  idempotency: new Idempotency(db, env.NARAE_ENTITIES_TABLE, clock),
  telemetry: telemetry('builds'),
});
