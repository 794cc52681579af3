/**
 * Loaded before AWS's Node runtime client (aws-lambda-ric). The client's native part is a C++ library that would have
 * to be built from source; in its HTTP polling mode only three functions of it are used, and they are here.
 */
import http from 'node:http';
import Module from 'node:module';
import process from 'node:process';

const NATIVE_PART = 'rapid-client.node';
const [host, port] = (process.env.AWS_LAMBDA_RUNTIME_API ?? '').split(':');
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

let isCompiledKept = false;

/**
 * For the environments that come after (NODE_COMPILE_CACHE), once the first answer is out: an environment is killed and not
 * ended, so that nothing is kept at its exit.
 */
function keepCompiled() {
  if (isCompiledKept) return;
  isCompiledKept = true;
  Module.flushCompileCache();
}

process.env.AWS_LAMBDA_NODEJS_USE_ALTERNATIVE_CLIENT_1 = 'true';

const nativePart = {
  initializeClient() {},
  done: (id, body) => post(`/2018-06-01/runtime/invocation/${id}/response`, body),
  error: (id, body) =>
    post(`/2018-06-01/runtime/invocation/${id}/error`, body, {
      'Lambda-Runtime-Function-Error-Type': printable(JSON.parse(body).errorType ?? 'Error'),
    }),
};

/** Fire and forget, as the native part is for its caller; the Runtime API copes with a poll that overtakes it. */
function post(path, body, headers = {}) {
  const bytes = Buffer.from(body, 'utf8');
  const request = http.request({
    host,
    port,
    path,
    method: 'POST',
    agent,
    headers: { 'Content-Type': 'application/json', 'Content-Length': bytes.length, ...headers },
  });
  request.on('response', (response) => response.resume().on('end', keepCompiled));
  // The Runtime API is gone: so will this process be in a moment.
  request.on('error', () => {});
  request.end(bytes);
}

const printable = (text) => String(text).replace(/[^\x20-\x7e]/g, '?');

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  return request.endsWith(NATIVE_PART) ? `/${NATIVE_PART}` : resolveFilename.call(this, request, ...rest);
};

const loadNative = Module._extensions['.node'];
Module._extensions['.node'] = function (module, filename) {
  if (filename === `/${NATIVE_PART}`) module.exports = nativePart;
  else loadNative.call(this, module, filename);
};
