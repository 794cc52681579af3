import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PYTHON, SandboxEnvironment } from './support/environment';
import { LANGUAGES } from './support/languages';

/** Opens a file on a low descriptor and on a high one: Node itself closes those of the first, not of the second. */
const WITH_MORE = `import os, sys
file = os.open(sys.argv[1], os.O_RDWR)
os.dup2(file, 7)
os.dup2(file, 77)
os.execvp(sys.argv[2], sys.argv[2:])`;

/** Whoever starts a supervisor may have more open than it knows: a shell, an editor, a build server. */
describe.each(LANGUAGES)('descriptors that a supervisor in %s inherited', (language) => {
  const dir = mkdtempSync(path.join(tmpdir(), 'narae-inherited-'));
  const secret = path.join(dir, 'secret');
  writeFileSync(secret, 'of somebody else');
  let environment: SandboxEnvironment;
  beforeAll(async () => {
    environment = await SandboxEnvironment.start(language, { wrapper: [PYTHON, '-c', WITH_MORE, secret] });
  });
  afterAll(async () => {
    await environment.stop();
    rmSync(dir, { recursive: true });
  });

  test.each([1, 2])('do not reach user code (run %i)', async () => {
    const code = {
      python: `import os
def handler(event):
    links = []
    for fd in os.listdir("/proc/self/fd"):
        try:
            links.append(os.readlink(f"/proc/self/fd/{fd}"))
        except OSError:
            pass
    return [len(links) > 2, "${secret}" in links]`,
      node: `const fs = require("fs");
exports.handler = () => {
  const links = fs.readdirSync("/proc/self/fd").map((fd) => { try { return fs.readlinkSync("/proc/self/fd/" + fd); } catch { return ""; } });
  return [links.length > 2, links.includes("${secret}")];
};`,
    };
    expect((await environment.run({ code: code[language] })).value).toEqual({ statusCode: 200, body: '[true,false]' });
  });
});
