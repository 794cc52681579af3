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
export function chromiumPath(): string | undefined {
  const wanted = process.env['NARAE_CHROMIUM'];
  return [wanted ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
    (path) => path !== '' && existsSync(path),
  );
}

/** A browser with a profile of its own, which Playwright removes when it is closed. */
export function startChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: FLAGS, timeout: 60_000 });
}
