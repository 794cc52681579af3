import type { Page } from 'playwright-core';
import { target } from '../support/api';
import { describeWithChromium } from '../support/chromium';

/** How long a run may take to show something on a busy machine, ms. */
const PATIENCE_MS = 60_000;

describeWithChromium('the demo page in a browser', (browser) => {
  let page: Page;
  const troubles: string[] = [];

  beforeEach(async () => {
    troubles.length = 0;
    page = await browser().newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('pageerror', (error) => troubles.push(error.message));
    page.on('console', (message) => {
      // A refused request is noted in the console too; it is for the page to show.
      if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) troubles.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(target().url) && !request.url().startsWith('data:')) troubles.push(request.url());
    });
    await page.goto(target().url);
    const { key } = target();
    if (key !== undefined) await page.getByLabel('API key').fill(key);
  });

  afterEach(async () => {
    await page.close();
    expect(troubles).toEqual([]);
  });

  const reached = () => page.locator('#steps [data-reached]').allTextContents();
  const logLines = () => page.locator('#log > div').allTextContents();
  const choose = async (runtime: string, example: string) => {
    await page.getByLabel(runtime).check();
    await page.getByLabel('Example').selectOption(example);
  };
  const over = () => page.locator('#usage').waitFor();

  test.each([
    ['Python', 'def handler(event, context):'],
    ['Node', 'export const handler'],
  ])('runs %s and shows what came of it', async (runtime, code) => {
    await choose(runtime, 'Hello');
    expect(await page.getByLabel('Source of one file').inputValue()).toContain(code);
    await page.getByRole('button', { name: 'Run' }).click();
    await over();
    expect(await reached()).toEqual(['Received', 'Fetching code', 'Preparing sandbox', 'Executing', 'Completed']);
    expect(await logLines()).toEqual(['hello, world']);
    expect(await page.locator('#outcome').textContent()).toBe('Status code 200');
    const id = await page.locator('#invocation').textContent();
    expect(id).toMatch(/^inv-[0-9A-Za-z]{26}$/);
    expect(JSON.parse((await page.locator('#body').textContent()) ?? '')).toEqual({
      greeting: 'Hello, world!',
      run: id,
    });
    expect(await page.locator('#duration').textContent()).toMatch(/^\d+ ms$/);
    expect(await page.locator('#peak').textContent()).toMatch(/^\d+\.\d MiB$/);
  });

  test.each(['Python', 'Node'])('shows the log of a %s run while it goes on', async (runtime) => {
    await choose(runtime, 'Live log');
    await page.getByLabel('Payload (JSON)').fill('{"steps": 6}');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.locator('#log').getByText('step 2 of 6').waitFor();
    expect(await page.locator('#steps [aria-current]').textContent()).toBe('Executing');
    expect(await logLines()).not.toContain('step 6 of 6');
    expect(await page.getByRole('button', { name: 'Run' }).isDisabled()).toBe(true);
    await over();
    const stdout = Array.from({ length: 6 }, (_, i) => `step ${i + 1} of 6`);
    expect(await logLines()).toEqual(expect.arrayContaining([...stdout, 'that was all']));
    expect(await page.locator('#log .stderr').allTextContents()).toEqual(['that was all']);
    expect(await page.getByRole('button', { name: 'Run' }).isDisabled()).toBe(false);
  });

  test.each([
    ['Python', "RUNTIME_ERROR: KeyError: 'missing'"],
    ['Node', 'RUNTIME_ERROR: TypeError: '],
  ])('shows the failure of a %s run', async (runtime, message) => {
    await choose(runtime, 'Failure');
    await page.getByRole('button', { name: 'Run' }).click();
    await over();
    expect((await reached()).at(-1)).toBe('Failed');
    expect(await page.locator('#outcome').textContent()).toContain(message);
    expect(await logLines()).toContain('about to look for something that is not there');
  });

  test.each(['Python', 'Node'])('cancels a %s run', async (runtime) => {
    await choose(runtime, 'Endless');
    expect(await page.getByRole('button', { name: 'Cancel' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Run' }).click();
    await page.locator('#log').getByText('beat 2').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await over();
    expect((await reached()).at(-1)).toBe('Failed');
    expect(await page.locator('#outcome').textContent()).toContain('CANCELLED');
    expect(await page.getByRole('button', { name: 'Cancel' }).isDisabled()).toBe(true);
  });

  test('is run by the keyboard alone, again and again', async () => {
    await page.getByLabel('Source of one file').focus();
    await page.keyboard.press('Control+Enter');
    await over();
    const first = await page.locator('#invocation').textContent();
    await page.getByLabel('Payload (JSON)').fill('{"who": "once more"}');
    await page.keyboard.press('Control+Enter');
    await page.locator('#log').getByText('hello, once more').waitFor();
    await over();
    expect(await page.locator('#invocation').textContent()).not.toBe(first);
    expect(await logLines()).toEqual(['hello, once more']);
  });

  test('says what is wrong with a request', async () => {
    await page.getByLabel('Payload (JSON)').fill('{"who": ');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByRole('alert').getByText('The payload is not JSON').waitFor();
    await page.getByLabel('Payload (JSON)').fill('{}');
    await page.getByLabel('Handler').fill('no such handler');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByRole('alert').getByText('handler').waitFor();
  });

  test('shows output as text, whatever it looks like', async () => {
    const code = 'def handler(event):\n    print("<img src=x onerror=alert(1)>")\n    return "<b>bold</b>"\n';
    await page.getByLabel('Source of one file').fill(code);
    await page.getByRole('button', { name: 'Run' }).click();
    await over();
    expect(await logLines()).toEqual(['<img src=x onerror=alert(1)>']);
    expect(await page.locator('#body').textContent()).toBe('"<b>bold</b>"');
    expect(await page.locator('#log img, #body b').count()).toBe(0);
  });
});
