import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** What Chromium needs to keep quiet: it talks to the page's own origin and to nobody else. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Path of a Chromium: NARAE_CHROMIUM, which `npm test` sets, or where Debian puts it. Undefined where there is none. */
function chromiumPath(): string | undefined {
  const wanted = process.env['NARAE_CHROMIUM'];
  return [wanted ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
    (path) => path !== '' && existsSync(path),
  );
}

/** A browser with a profile of its own, which Playwright removes when it is closed. */
function startChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: FLAGS, timeout: 60_000 });
}

/** A describe block with a browser of its own; where there is no Chromium the reason is in the name. */
export function describeWithChromium(name: string, tests: (browser: () => Browser) => void): void {
  const path = chromiumPath();
  const why = path === undefined ? ' (skipped: there is no Chromium; install it or set NARAE_CHROMIUM)' : '';
  (path === undefined ? describe.skip : describe)(`${name}${why}`, () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await startChromium(path ?? '');
    }, 90_000);
    afterAll(async () => browser.close());
    tests(() => browser);
  });
}
