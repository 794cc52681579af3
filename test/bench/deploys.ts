import * as z from 'zod';
import type { Bed } from './bed';
import { builtTask, fresh } from './builds';
import { call, timed } from './client';
import { cells, FIGURES, measured, times, type Section } from './sections';
import { figures, repeat } from './statistics';

const APPS = 10;
const INVOKES = 60;
const WARM_UP = 5;

const Created = z.object({ id: z.string() });
const Deployed = z.object({ service_status: z.literal('found') });

/** Deploys on Lambda: what a caller waits for who deploys an image, and who then invokes its function. */
export async function deploys({ url }: Bed): Promise<Section> {
  const { id: workspace } = Created.parse(await call(url, 'POST', '/api/workspaces', { name: 'deploys' }));
  const functions = `/api/workspaces/${workspace}/functions`;
  const newFunction = async (): Promise<string> => {
    const code = Buffer.from(fresh()).toString('base64');
    return Created.parse(await call(url, 'POST', functions, { name: 'deployed', runtime: 'Python 3.13', code })).id;
  };
  const image = async () => (await builtTask(url, 'build-and-push', fresh())).result?.image_url;
  const deploy = async (function_id: string): Promise<number> => {
    const body = { namespace: 'default', image_ref: await image(), function_id };
    return timed(async () => Deployed.parse(await call(url, 'POST', '/api/v1/deploy', body)));
  };
  const invokes = async (id: string) => {
    const invoke = () => timed(() => call(url, 'POST', `${functions}/${id}/invoke`, {}));
    await repeat(WARM_UP, invoke);
    return figures(await repeat(INVOKES, invoke));
  };

  const [app = '', ...others] = await measured('functions', () => repeat(APPS, newFunction));
  const stored = await measured('invokes before a deploy', () => invokes(app));
  const first = await measured('first deploys', async () => {
    const taken = [await deploy(app)];
    for (const other of others) taken.push(await deploy(other));
    return figures(taken);
  });
  const update = await measured('updates', async () => figures(await repeat(APPS, () => deploy(app))));
  const deployed = await measured('invokes of what was deployed', () => invokes(app));
  return {
    title: 'A deploy on Lambda, and an invoke of what was deployed',
    notes: ['From the request to the answer with an address; aims: a first deploy under 3 s, an update under 2 s.'],
    tables: [
      {
        head: ['', ...FIGURES, 'times an invoke (p50)'],
        rows: [
          cells('deploy of a new app', first, ''),
          cells('deploy of another image', update, ''),
          cells('invoke', stored, '1.0'),
          cells('invoke of a deployed function', deployed, times(deployed, stored)),
        ],
      },
    ],
    data: { first, update, stored, deployed },
  };
}
