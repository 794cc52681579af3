/** The event of an invocation, checked: it comes from the runner, but a mistake in it must not bring us down. */

import { PROTOCOL } from './frames.mjs';

const CONVENTIONS = ['invocation', 'function', 'callback'];
const LIMITS = ['timeoutMs', 'memoryMb', 'lineBytes', 'logBytes', 'logLines', 'resultBytes', 'outputBytes'];
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The run can't be started; the message says why, for the platform's own eyes. */
export class BadEvent extends Error {}

/**
 * One run as the runner ordered it.
 * @throws BadEvent
 */
export function readRunSpec(order) {
  if (!isObject(order)) throw new BadEvent('the event is not an object');
  checkProtocol(order.protocol ?? 1);
  const entry = readEntry(order.entry);
  return {
    entry,
    isScript: entry.kind === 'script',
    convention: oneOf(order, 'convention', CONVENTIONS),
    codeBase64: base64(order, 'codeBase64'),
    context: order.context === undefined ? {} : object(order, 'context'),
    env: readEnv(order),
    limits: readLimits(order),
    event: order.event ?? (order.event === null ? null : {}),
    eventUrl: optionalText(order, 'eventUrl'),
    stdin: optionalText(order, 'stdin') ?? '',
    stdinUrl: optionalText(order, 'stdinUrl'),
    cancelUrl: optionalText(order, 'cancelUrl'),
    ...readBundle(order),
  };
}

/** What the child is told, as JSON text. Addresses that only we need stay here. */
export function childDocument(spec, token) {
  const { codeBase64, entry, convention, context, env, limits, event, stdin, library } = spec;
  const { timeoutMs, resultBytes } = limits;
  const input = spec.isScript ? { stdin } : { event };
  const known = { token, codeBase64, entry, convention, context, env, timeoutMs, resultBytes, library };
  return JSON.stringify({ ...known, ...input });
}

/** What a newer runner says may mean something else: it is not half understood. */
function checkProtocol(protocol) {
  if (!Number.isInteger(protocol) || protocol < 1) throw new BadEvent('protocol must be a whole number from 1 on');
  if (protocol > PROTOCOL) throw new BadEvent(`it has protocol ${protocol}, and this sandbox knows up to ${PROTOCOL}`);
}

function readBundle(order) {
  const bundleUrl = optionalText(order, 'bundleUrl');
  const bundleSha = optionalText(order, 'bundleSha');
  // It becomes the name of a folder.
  if (bundleUrl !== undefined && !/^[0-9a-f]{64}$/.test(bundleSha ?? '')) throw new BadEvent('bundleSha is no sha256');
  return { bundleUrl, bundleSha };
}

function readEntry(entry) {
  if (!isObject(entry)) throw new BadEvent('entry must be an object');
  if (entry.kind === 'script') return { kind: 'script' };
  if (entry.kind !== 'handler') throw new BadEvent('entry.kind must be handler or script');
  // It becomes a file name.
  if (typeof entry.module !== 'string' || !/^[A-Za-z_]\w*$/.test(entry.module))
    throw new BadEvent('entry.module must be a name');
  const names = [entry.function, ...(Array.isArray(entry.fallbacks) ? entry.fallbacks : [])];
  if (!names.every((name) => typeof name === 'string'))
    throw new BadEvent('entry.function and fallbacks must be names');
  return { kind: 'handler', module: entry.module, names };
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

function object(fields, name) {
  if (!isObject(fields[name])) throw new BadEvent(`${name} must be an object`);
  return fields[name];
}

function optionalText(fields, name) {
  const value = fields[name] ?? undefined;
  if (value !== undefined && typeof value !== 'string') throw new BadEvent(`${name} must be a text`);
  return value;
}

function oneOf(fields, name, values) {
  if (!values.includes(fields[name])) throw new BadEvent(`${name} must be one of ${values.join(', ')}`);
  return fields[name];
}

function base64(fields, name) {
  if (typeof fields[name] !== 'string' || !BASE64.test(fields[name])) throw new BadEvent(`${name} is not Base64`);
  return fields[name];
}

function readEnv(order) {
  const env = order.env === undefined ? {} : object(order, 'env');
  for (const [name, value] of Object.entries(env))
    if (typeof value !== 'string' || !/^[^=\0]+$/.test(name) || value.includes('\0'))
      throw new BadEvent('env must hold names and texts');
  return env;
}

function readLimits(order) {
  const limits = object(order, 'limits');
  for (const name of LIMITS)
    if (typeof limits[name] !== 'number' || !(limits[name] > 0 && limits[name] < Number.MAX_SAFE_INTEGER))
      throw new BadEvent(`limits.${name} must be a positive number`);
  return limits;
}
