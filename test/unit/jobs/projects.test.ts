import { randomUUID } from 'node:crypto';
import { ProjectStore } from '../../../lambdas/jobs/project-store';
import { createTable, testDynamo } from '../../support/aws';

const db = testDynamo();
let table: string;
let workspace: string;
/** Another process: it remembers nothing. */
const projects = () => new ProjectStore(db, table);

beforeAll(async () => {
  table = await createTable(db);
});
beforeEach(() => {
  workspace = `ws-${randomUUID()}`;
});

test('a name is one project, however many create it at once', async () => {
  const made = await Promise.all(Array.from({ length: 6 }, () => projects().findOrCreate(workspace, 'same', null)));
  expect(new Set(made.map(({ id }) => id))).toEqual(new Set([1]));
  expect(await projects().list(workspace)).toHaveLength(1);
});

test('names that are created at once get ids of their own, without gaps', async () => {
  const names = Array.from({ length: 8 }, (_, index) => `p${index}`);
  await Promise.all(names.map((name) => projects().findOrCreate(workspace, name, null)));
  const all = await projects().list(workspace);
  expect(all.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(all.map(({ name }) => name).sort()).toEqual(names);
});

test('no id is ever the name of another project', async () => {
  const store = projects();
  await store.findOrCreate(workspace, '2', null);
  await store.findOrCreate(workspace, '3', 'third');
  await store.findOrCreate(workspace, 'x', null);
  // 2 is a name; 3 would be the id of the project called "3" itself.
  expect((await projects().list(workspace)).map(({ id, name }) => [id, name])).toEqual([
    [1, '2'],
    [4, '3'],
    [5, 'x'],
  ]);
  expect(await projects().find(workspace, '2')).toMatchObject({ name: '2', id: 1 });
});

test('a reference is an id first, then a name', async () => {
  const store = projects();
  const one = await store.findOrCreate(workspace, 'one', null);
  const digits = await store.findOrCreate(workspace, '77', null);
  expect(await projects().find(workspace, '1')).toEqual(one);
  expect(await projects().find(workspace, '77')).toEqual(digits);
  expect(await projects().find(workspace, '01')).toBeUndefined();
  await expect(store.findOrCreate(workspace, '1', null)).rejects.toMatchObject({ code: 'PROJECT_NAME_CONFLICT' });
});

test('there are 1000 at most, and those that are there can still be used', async () => {
  const store = projects();
  for (let made = 0; made < 1000; made += 1) await store.findOrCreate(workspace, `n${made}`, null);
  await expect(store.findOrCreate(workspace, 'one more', null)).rejects.toMatchObject({
    code: 'PROJECT_LIMIT_REACHED',
  });
  expect(await projects().findOrCreate(workspace, 'n999', null)).toMatchObject({ id: 1000 });
  expect(await projects().list(workspace)).toHaveLength(1000);
});
