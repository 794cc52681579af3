import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { findRun, findRunInAny } from '../../../lambdas/engine/lifecycle/find-run';
import { ServiceRuns } from '../../../lambdas/engine/run/service-runs';
import { Blobs } from '../../../lambdas/engine/store/blobs';
import { ownerKey, ownersIn } from '../../../lambdas/engine/store/owners';
import { RunIndex } from '../../../lambdas/engine/store/run-index';
import { RunStore } from '../../../lambdas/engine/store/run-store';
import { runsOf } from '../../../lambdas/platform/manifest';
import { SERVICES } from '../../../lambdas/services';
import { createBucket, createTable, testDynamo, testS3 } from '../../support/aws';
import { newTestRun } from '../../support/runs';

/** What manifests say of runs, by the way that functions are given it. */

const clock = { now: () => Date.now() };
const serviceRuns = ServiceRuns.parse(JSON.stringify(runsOf(SERVICES)));

async function testPorts() {
  const db = testDynamo();
  const [runs, entities] = [await createTable(db), await createTable(db)];
  return {
    db,
    entities,
    clock,
    serviceRuns,
    store: new RunStore(db, runs),
    index: new RunIndex(db, runs),
    blobs: new Blobs(testS3(), await createBucket(testS3()), clock),
    hasOwner: ownersIn(db, entities, serviceRuns),
  };
}

let ports: Awaited<ReturnType<typeof testPorts>>;

beforeAll(async () => {
  ports = await testPorts();
});

async function runOf(room: string, owner?: string) {
  const run = { ...newTestRun(clock.now()), room, ...(owner !== undefined && { owner }) };
  await ports.store.create(run);
  return run;
}

const NOT_FOUND = { code: 'INVOCATION_NOT_FOUND' };

test("a function's run is in sight for as long as the function is", async () => {
  const { workspace, id } = await runOf('functions', 'fn-1');
  await expect(findRun(workspace, id, ports)).rejects.toMatchObject(NOT_FOUND);
  const Item = { ...ownerKey('FUNCTION#', 'fn-1'), workspace };
  await ports.db.send(new PutCommand({ TableName: ports.entities, Item }));
  expect(await findRun(workspace, id, ports)).toMatchObject({ id });
});

test('a run whose service keeps no record of owners needs none', async () => {
  const { workspace, id } = await runOf('jobs', 'job-1');
  expect(await findRun(workspace, id, ports)).toMatchObject({ id });
});

test('in other workspaces than the first, runs of functions are found, and no others', async () => {
  const Item = { ...ownerKey('FUNCTION#', 'fn-2'), workspace: 'ws-test' };
  await ports.db.send(new PutCommand({ TableName: ports.entities, Item }));
  const found = await runOf('functions', 'fn-2');
  const hidden = await runOf('invocations');
  const find = (id: string) => findRunInAny('ws-first', () => Promise.resolve([found.workspace]), id, ports);
  expect(await find(found.id)).toMatchObject({ id: found.id });
  await expect(find(hidden.id)).rejects.toMatchObject(NOT_FOUND);
});
