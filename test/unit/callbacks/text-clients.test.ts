import { writeBody } from '../../../lambdas/callbacks/text-clients';

const MASK = '********';
const count = (text: string, key: string) => text.split(`"${key}":`).length - 1;

describe('what clients without a JSON parser read (docs/contracts/callbacks.md#what-existing-clients-rely-on)', () => {
  test.each(['status', 'type', 'title', 'callback_id', 'chat_id'])('%s occurs once, also as an env name', (name) => {
    const body = {
      callback_id: 1,
      type: 'node',
      status: 'build',
      title: 't',
      chat_id: 2,
      env: { [name]: MASK, OTHER: MASK },
    };
    const text = writeBody(body);
    expect(count(text, name)).toBe(1);
    expect(JSON.parse(text)).toEqual(body);
  });

  test('the same in each callback of a list', () => {
    const body = [1, 2].map((id) => ({ callback_id: id, status: 'pending', env: { status: MASK } }));
    expect(count(writeBody(body), 'status')).toBe(2);
    expect(JSON.parse(writeBody(body))).toEqual(body);
  });

  test('texts that look like it stay as they are', () => {
    const body = { env: null, code: '{"env":{"status":"x"}}', library: '"env":{"type":1}' };
    expect(writeBody(body)).toBe(JSON.stringify(body));
  });
});
