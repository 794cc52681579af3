import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import * as z from 'zod';
import { readBody } from '../../http-body';

/** `/2021-10-31/functions/{name}/url?Qualifier=live`: the URL of an alias. */
const URL_CONFIG = /^\/2021-10-31\/functions\/([^/?]+)\/url\?(?:.*&)?Qualifier=([^&]+)/;
const CONFIG_LIMIT_BYTES = 64 * 1024;

const Config = z.looseObject({ FunctionUrl: z.string() });

export const isAliasUrl = (url: string): boolean => URL_CONFIG.test(url);

/**
 * The emulator keeps URLs of aliases, and gives them host names of AWS that lead nowhere from here: the one that is told
 * is where this service answers for the alias.
 * @param endpoint of this service, as functions and callers of this machine reach it
 */
export async function answerAliasUrl(
  request: IncomingMessage,
  response: ServerResponse,
  awsEndpoint: string,
  endpoint: string,
): Promise<void> {
  const [, name = '', qualifier = ''] = URL_CONFIG.exec(request.url ?? '') ?? [];
  const body = await readBody(request, CONFIG_LIMIT_BYTES);
  const { hostname, port } = new URL(awsEndpoint);
  const { method, url, headers } = request;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const passed = httpRequest({ hostname, port, method, path: url, headers: { ...headers, connection: 'close' } });
    passed.once('response', resolve);
    passed.once('error', reject);
    passed.end(body);
  });
  const told = await buffer(answer);
  const config = Config.safeParse(told.length === 0 ? undefined : JSON.parse(told.toString('utf8')));
  const FunctionUrl = `${endpoint}/url/${decodeURIComponent(name)}:${decodeURIComponent(qualifier)}/`;
  const text = config.success ? Buffer.from(JSON.stringify({ ...config.data, FunctionUrl })) : told;
  response.writeHead(answer.statusCode ?? 502, { ...answer.headers, 'content-length': String(text.length) }).end(text);
}
