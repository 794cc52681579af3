import type { Page } from 'playwright-core';
import { get, target } from '../support/api';
import { describeWithChromium } from '../support/chromium';

/** How long a page may take to build itself on a busy machine, ms. */
const PATIENCE_MS = 60_000;

/** docs/contracts/common.md#shared-paths-public-no-credentials: pages with assets from this installation only. */
describeWithChromium('the documentation in a browser', (browser) => {
  let page: Page;
  const troubles: string[] = [];
  const loaded: string[] = [];

  beforeEach(async () => {
    troubles.length = 0;
    loaded.length = 0;
    page = await browser().newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('pageerror', (error) => troubles.push(error.message));
    // What the page's policy forbids is said here, too.
    page.on('console', (message) => {
      if (message.type() === 'error') troubles.push(message.text());
    });
    page.on('request', (request) => {
      const url = request.url();
      loaded.push(url);
      if (!url.startsWith(`${target().url}/`) && !/^(data|blob):/.test(url)) troubles.push(url);
    });
  });

  afterEach(async () => {
    await page.close();
    expect(troubles).toEqual([]);
  });

  test('/docs is Swagger UI, with every operation, and tries one out', async () => {
    await page.goto(`${target().url}/docs`);
    await page.locator('.opblock').first().waitFor();
    const { paths } = JSON.parse((await get('/openapi.json')).text) as { paths: Record<string, object> };
    const operations = Object.values(paths).flatMap((methods) => Object.keys(methods));
    expect(await page.locator('.opblock').count()).toBe(operations.length);
    const health = page.locator('#operations-site-getHealth');
    await health.locator('.opblock-summary').first().click();
    await health.getByRole('button', { name: 'Execute' }).click();
    await health.locator('.live-responses-table').getByText('healthy').first().waitFor();
    expect(loaded).toContain(`${target().url}/health`);
  });

  test('/redoc is Redoc, with every operation', async () => {
    await page.goto(`${target().url}/redoc`);
    await page.getByRole('heading', { name: /Run a function and wait for what it answers/ }).waitFor();
    const { paths } = JSON.parse((await get('/openapi.json')).text) as { paths: Record<string, object> };
    const operations = Object.values(paths).flatMap((methods) => Object.keys(methods));
    expect(await page.locator('[id^="tag/"][id*="/operation/"]').count()).toBe(operations.length);
  });
});
