/* The demo page: one POST, then an EventSource, as any client of the API would do it. No library, no build step. */

const at = (id) => document.getElementById(id);
const form = at('request');
const examples = JSON.parse(at('examples').textContent);

/** The run on show: its id, its stream and whether it is over. */
let current;

const runtime = () => form.elements.namedItem('runtime').value;
const authorization = () => (at('key').value === '' ? {} : { 'X-API-Key': at('key').value });

async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: { ...authorization(), ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (response.ok) return answer;
  if (response.status === 401) at('key-row').hidden = false;
  throw new Error(answer.error.message);
}

/* The request */

function showExamples() {
  const options = examples
    .filter((example) => example.runtime === runtime())
    .map(({ title }) => Object.assign(document.createElement('option'), { textContent: title }));
  at('example').replaceChildren(...options);
  showExample();
}

function showExample() {
  const { code, payload } = examples.find(
    (example) => example.runtime === runtime() && example.title === at('example').value,
  );
  at('code').value = code;
  at('payload').value = JSON.stringify(payload, null, 2);
  at('handler').value = '';
  at('handler').placeholder = form.querySelector('[name=runtime]:checked').dataset.handler;
}

function requestOf() {
  const handler = at('handler').value.trim();
  const payload = at('payload').value.trim();
  return {
    code: at('code').value,
    runtime: runtime(),
    ...(handler && { handler }),
    ...(payload && { payload: parsePayload(payload) }),
    timeoutMs: at('timeout').valueAsNumber,
    memoryMb: at('memory').valueAsNumber,
  };
}

function parsePayload(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`The payload is not JSON: ${error.message}`);
  }
}

/* The run */

async function run() {
  current?.stream?.close();
  clear();
  at('run').disabled = true;
  try {
    const { invocationId, streamUrl, status } = await call('POST', '/invocations', requestOf());
    at('invocation').textContent = invocationId;
    showStatus(status);
    follow(invocationId, streamUrl);
  } catch (error) {
    at('problem').textContent = error.message;
    at('run').disabled = false;
  }
}

function follow(id, streamUrl) {
  const stream = new EventSource(streamUrl);
  const mine = { id, stream };
  current = mine;
  at('cancel').disabled = false;
  const on = (name, show) =>
    stream.addEventListener(name, ({ data }) => {
      if (current === mine) show(JSON.parse(data));
    });
  on('STATUS', ({ status }) => showStatus(status));
  on('LOG', ({ line, payload }) => showLine(line, payload.stream));
  on('COMPLETE', ({ payload }) => {
    // Closed by us: what the server closes, an EventSource opens again.
    stream.close();
    finish(mine, payload);
  });
  stream.addEventListener('error', () => {
    if (current !== mine || stream.readyState !== EventSource.CLOSED) return;
    at('problem').textContent = 'The stream was lost. The run itself goes on.';
    at('run').disabled = false;
  });
}

async function finish(mine, payload) {
  at('run').disabled = false;
  at('cancel').disabled = true;
  showOutcome(payload);
  const record = await call('GET', `/invocations/${mine.id}`);
  if (current === mine) showUsage(record);
}

async function cancel() {
  at('cancel').disabled = true;
  try {
    await call('POST', `/invocations/${current.id}/cancel`);
  } catch (error) {
    at('problem').textContent = error.message;
  }
}

/* What is shown */

function clear() {
  for (const id of ['problem', 'log', 'body', 'status']) at(id).replaceChildren();
  for (const step of at('steps').children) {
    step.removeAttribute('aria-current');
    delete step.dataset.reached;
    delete step.dataset.failed;
  }
  at('steps').lastElementChild.textContent = 'Done';
  at('invocation').textContent = 'Starting ...';
  at('outcome').textContent = 'Not yet.';
  delete at('outcome').dataset.kind;
  at('body').hidden = true;
  at('usage').hidden = true;
}

function showStatus(status) {
  const over = status === 'COMPLETED' || status === 'FAILED';
  const step = at('steps').querySelector(`[data-status="${over ? 'END' : status}"]`);
  // The answer to the POST and the first event both say REQUEST_RECEIVED.
  if (step.dataset.reached !== undefined) return;
  for (const other of at('steps').children) other.removeAttribute('aria-current');
  step.dataset.reached = '';
  if (!over) step.setAttribute('aria-current', 'step');
  if (over) step.textContent = status === 'COMPLETED' ? 'Completed' : 'Failed';
  if (status === 'FAILED') step.dataset.failed = '';
  at('status').textContent = step.textContent;
}

function showLine(line, stream) {
  const log = at('log');
  const following = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  const row = document.createElement('div');
  row.className = stream;
  row.textContent = line;
  log.append(row);
  if (following) log.scrollTop = log.scrollHeight;
}

function showOutcome(payload) {
  const { status, result, errorType, errorMessage } = payload;
  at('outcome').dataset.kind = status === 'COMPLETED' ? 'good' : 'bad';
  at('outcome').textContent =
    status === 'COMPLETED' ? `Status code ${result.statusCode}` : `${errorType}: ${errorMessage}`;
  at('body').hidden = !result?.body;
  at('body').textContent = result ? readable(result.body) : '';
  at('duration').textContent = `${payload.durationMs} ms`;
}

function showUsage({ usage, truncated }) {
  at('cpu').textContent = `${usage.cpuMs} ms`;
  at('peak').textContent = `${(usage.maxMemoryBytes / 1024 / 1024).toFixed(1)} MiB`;
  at('environment').textContent = usage.coldStart ? 'new' : 'reused';
  at('usage').hidden = false;
  if (truncated.result) at('outcome').textContent += ' (the body was cut)';
}

/** JSON with line breaks, anything else as it is. */
function readable(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void run();
});
form.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || at('run').disabled) return;
  event.preventDefault();
  form.requestSubmit();
});
for (const choice of form.querySelectorAll('[name=runtime]')) choice.addEventListener('change', showExamples);
at('example').addEventListener('change', showExample);
at('cancel').addEventListener('click', () => void cancel());

showExamples();
// Asks whether this stage wants a key: a 401 shows the field for it.
call('GET', '/invocations?limit=1').catch(() => undefined);
