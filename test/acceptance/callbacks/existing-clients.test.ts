import { get, post, send } from '../../support/api';
import { built, deployed, freshPath, NODE, register, registration } from '../../support/callbacks';

const KEYS = ['status', 'callback_id', 'chat_id', 'title', 'type'];
const occurrences = (text: string, key: string): number => text.split(`"${key}"`).length - 1;
const grep = (text: string, key: string): string | undefined => new RegExp(`"${key}":"?([^",}]*)`).exec(text)?.[1];

/**
 * See docs/contracts/callbacks.md#what-existing-clients-rely-on: shell scripts with curl and grep, without a JSON
 * parser.
 */
describe('clients without a JSON parser', () => {
  test('read compact JSON in which each key they look for occurs once', async () => {
    const library = '{"name":"x","type":"module","dependencies":{}}';
    const answer = await post('/callbacks/', registration({ type: 'node', code: NODE, library }));
    expect(answer.status).toBe(200);
    const id = Number(grep(answer.text, 'callback_id'));
    const roomAnswer = await post('/chatroom/', { title: 'a title', callback_id: id });
    for (const text of [answer.text, (await get(`/callbacks/${id}`)).text]) {
      expect(text).not.toMatch(/\n|": /);
      for (const key of ['status', 'callback_id', 'type']) expect(occurrences(text, key)).toBe(1);
      expect(grep(text, 'type')).toBe('node');
    }
    for (const key of ['callback_id', 'chat_id', 'title']) expect(occurrences(roomAnswer.text, key)).toBe(1);
    expect(roomAnswer.text).toMatch(new RegExp(`^\\{"chat_id":\\d+,"title":"a title","callback_id":${id},`));
  });

  test.each(KEYS)('read each key once, also where a value of the environment is named %s', async (name) => {
    const { text } = await post('/callbacks/', registration({ env: { [name]: 'secret', OTHER: 1 } }));
    for (const key of ['status', 'callback_id', 'type', name].filter((one) => one in (JSON.parse(text) as object)))
      expect(occurrences(text, key)).toBe(1);
    expect(JSON.parse(text)).toMatchObject({ env: { [name]: '********', OTHER: '********' } });
  });

  test('split the body at | before they read: none stands before the fields they read', async () => {
    const library = '{"dependencies":{"axios":"^1.0.0 || ^0.27.0"}}';
    const { text } = await post('/callbacks/', registration({ type: 'node', code: NODE, library }));
    const [head = ''] = text.split('|');
    for (const key of KEYS.filter((name) => occurrences(text, name) > 0)) expect(occurrences(head, key)).toBe(1);
  });

  test('get arrays that start with [', async () => {
    await register();
    for (const path of ['/callbacks/', '/chatroom/', '/chats/']) expect((await get(path)).text).toMatch(/^\[/);
  });

  test('are never redirected', async () => {
    const { callback_id: id } = await register();
    for (const path of ['/callbacks/', '/callbacks', `/callbacks/${id}`, '/chatroom/', '/chats/', '/chats']) {
      expect((await get(path)).status).toBe(200);
    }
  });

  test('deploy, poll until it is deployed, call by a path with or without a slash', async () => {
    const path = freshPath();
    const { callback_id: id } = await register({
      path: `/${path}`,
      type: 'node',
      code: 'exports.handler = () => "ok";',
    });
    expect(grep((await post('/deploy/', { callback_id: id, status: true })).text, 'status')).toBe('build');
    expect((await built(id)).status).toBe('deployed');
    expect((await get(`/api/${path}`)).text).toBe('{"lambdaStatusCode":200,"body":"ok"}');
    expect(grep((await post('/deploy/', { callback_id: id, status: false })).text, 'status')).toBe('undeployed');
    expect([404, 405]).toContain((await get(`/api/${path}`)).status);
  });

  test('load scripts send bodies that are no JSON and get 200', async () => {
    const { path } = await deployed({ method: 'POST' });
    // As many at once as a busy machine has room for: what it refuses is another test's.
    for (let round = 0; round < 5; round += 1) {
      const answers = await Promise.all(Array.from({ length: 8 }, () => send('POST', `/api/${path}`, { raw: '{}}' })));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    }
  });

  test('find that 99999 does not exist, and that the platform is healthy', async () => {
    for (const path of ['/callbacks/99999', '/chatroom/99999', '/chats/99999'])
      expect((await get(path)).status).toBe(404);
    expect((await get('/health')).text).toContain('healthy');
  });

  test('browsers of any origin may call callbacks; the preflight never reaches them', async () => {
    const { path } = await deployed({ method: 'PATCH' });
    const headers = { Origin: 'https://app.example', 'Access-Control-Request-Method': 'PATCH' };
    const preflight = await send('OPTIONS', `/api/${path}`, { headers });
    expect(preflight.status).toBeLessThan(300);
    expect(preflight.headers.get('access-control-allow-methods')).toMatch(/PATCH/);
    const answer = await send('PATCH', `/api/${path}`, { headers: { Origin: 'https://app.example' } });
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-expose-headers')?.toLowerCase()).toContain('x-next-cursor');
  });
});
