import type { Server } from 'node:http';
import { ApiKeyStore } from '../../../lambdas/platform/auth/api-keys';
import { notesManifest } from '../../fixtures/services/notes/manifest';
import { describeWorkspaces } from '../../security/workspaces/checks';
import { get, post, read, refusal } from '../../support/api';
import { createTable, testDynamo } from '../../support/aws';
import { serveHandler } from '../../support/handler-server';
import * as z from 'zod';

/**
 * A service that the tests of attacks know nothing of: by its manifest alone they find its routes, make something of it,
 * and try to reach that from another workspace and without a key.
 */

let server: Server;
let url: string;
let createKey: (workspace: string) => Promise<string>;

beforeAll(async () => {
  const db = testDynamo();
  const table = await createTable(db);
  const keys = new ApiKeyStore(db, table);
  createKey = async (workspace) => {
    const input = { name: workspace, scopes: ['read', 'write'] as const, workspaces: [workspace] };
    return (await keys.create(input, Date.now())).secret;
  };
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: process.env['NARAE_TEST_AWS_ENDPOINT'],
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    NARAE_STAGE: 'test',
    NARAE_VERSION: '0',
    NARAE_AUTH: 'api-key',
    NARAE_RUNS_TABLE: table,
    NARAE_ENTITIES_TABLE: table,
    NARAE_BUCKET: 'none',
    NARAE_TICKET_SECRET_ID: 'none',
    NARAE_SWEEPER_FUNCTION: 'none',
  });
  // It reads its environment when it is loaded.
  const { handler } = await import('../../fixtures/services/notes/api.lambda');
  ({ server, url } = await serveHandler(handler));
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

describeWorkspaces([notesManifest], async () => ({
  owner: { url, key: await createKey('ws-owner') },
  stranger: { url, key: await createKey('ws-stranger') },
  nobody: { url, key: undefined },
}));

test('the service works for its owner', async () => {
  const to = { url, key: await createKey('ws-a') };
  const { id } = read(await post('/api/notes', { text: 'tea' }, { to }), 201, z.looseObject({ id: z.string() }));
  expect(read(await get('/api/notes', { to }), 200, z.array(z.unknown()))).toEqual([{ id, text: 'tea' }]);
  refusal(await get('/api/notes/note-0', { to }), 404, 'NOTE_NOT_FOUND');
});
