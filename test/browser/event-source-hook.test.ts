import { target } from '../support/api';
import { describeWithChromium } from '../support/chromium';
import { start } from '../support/invocations';

interface Hooked {
  readonly statuses: readonly string[];
  readonly lines: readonly string[];
  readonly unnamed: number;
  readonly errors: number;
}

/**
 * What existing pages do (docs/contracts/invocations.md#what-existing-clients-rely-on): listen to STATUS and LOG by
 * name, close for good on the
 * first error. It is text because it runs in the page, which TypeScript does not know.
 */
const HOOK = `(url) => new Promise((resolve) => {
  const seen = { statuses: [], lines: [], unnamed: 0, errors: 0 };
  const source = new EventSource(url);
  source.addEventListener('STATUS', (event) => seen.statuses.push(JSON.parse(event.data).status));
  source.addEventListener('LOG', (event) => seen.lines.push(JSON.parse(event.data).line));
  source.onmessage = () => { seen.unnamed += 1; };
  source.onerror = () => { seen.errors += 1; source.close(); resolve(seen); };
})`;

/** The standard EventSource left to itself: it reconnects, is answered 204, and is closed by that. */
const PATIENT = `(url) => new Promise((resolve) => {
  const seen = { seqs: [], opened: 0 };
  const source = new EventSource(url);
  for (const name of ['STATUS', 'LOG', 'COMPLETE']) source.addEventListener(name, (event) => seen.seqs.push(Number(event.lastEventId)));
  source.onopen = () => { seen.opened += 1; };
  source.onerror = () => { if (source.readyState === EventSource.CLOSED) resolve(seen); };
})`;

describeWithChromium('an EventSource of a browser', (browser) => {
  /** Runs a function in a page of the API's own origin. */
  async function inPage(script: string, url: string): Promise<unknown> {
    const page = await browser().newPage();
    try {
      await page.goto(`${target().url}/health`);
      return await page.evaluate(`(${script})(${JSON.stringify(url)})`);
    } finally {
      await page.close();
    }
  }

  const PYTHON = {
    runtime: 'python',
    code: 'import time\ndef handler(event):\n    for i in range(5):\n        print(i, flush=True)\n        time.sleep(0.2)\n',
  };

  test('follows a live run as existing pages do, to its end', async () => {
    const { invocationId, streamUrl } = await start(PYTHON);
    const url = target().key === undefined ? `/stream/invocations/${invocationId}` : streamUrl;
    const seen = (await inPage(HOOK, url)) as Hooked;
    expect(seen).toEqual({
      statuses: ['REQUEST_RECEIVED', 'CODE_FETCHING', 'SANDBOX_PREPARING', 'EXECUTING', 'COMPLETED'],
      lines: ['0', '1', '2', '3', '4'],
      unnamed: 0,
      errors: 1,
    });
  });

  test('is ended by a 404, silently', async () => {
    expect(await inPage(HOOK, '/stream/invocations/inv-00000000000000000000000000')).toEqual({
      statuses: [],
      lines: [],
      unnamed: 0,
      errors: 1,
    });
  });

  test('left to itself is stopped by the 204 and sees nothing twice', async () => {
    const { streamUrl } = await start(PYTHON);
    expect(await inPage(PATIENT, streamUrl)).toEqual({ seqs: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], opened: 1 });
  });
});
