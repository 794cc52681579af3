import { describeWithBubblewrap } from './support/bubblewrap';
import { TASK_ROOTS } from './support/environment';
import { LANGUAGES, useEnvironment } from './support/languages';

/**
 * As on AWS: the package is /var/task, and beside the supervisor nothing runs. Then the supervisor may clear all that
 * a run leaves, while on a machine that it shares it must not touch what it does not know for the run's.
 */
/** The environment gets a /tmp and a /var of its own: a working copy under one of them would not be there in it. */
const isHidden = /^\/(tmp|var)\//.test(__dirname);
const describeAlone = isHidden ? describe.skip : describeWithBubblewrap;

describeAlone('an environment of its own (not where the working copy lies under /tmp or /var)', () => {
  describe.each(LANGUAGES)('in %s', (language) => {
    const alone = [
      ...['bwrap', '--unshare-pid', '--die-with-parent', '--ro-bind', '/', '/', '--proc', '/proc', '--dev', '/dev'],
      ...['--tmpfs', '/tmp', '--tmpfs', '/var', '--ro-bind', TASK_ROOTS[language], '/var/task', '--chdir', '/var/task'],
    ];
    const environment = useEnvironment(language, {
      wrapper: alone,
      taskRoot: '/var/task',
      environment: { TMPDIR: '/tmp' },
    });

    test('is empty again after a run: no process, no file', async () => {
      // Nothing that could tell whose process it is: no environment, no folder, no open file, no parent.
      const hide = JSON.stringify(
        "(setsid env -i /bin/sh -c 'cd /; sleep 600' >/dev/null 2>&1 </dev/null &) ; sleep 0.05",
      );
      const litter = JSON.stringify(
        'mkdir -p /tmp/left/in; touch /tmp/left/in/x /tmp/file; ln -s / /tmp/link; chmod 000 /tmp/left/in',
      );
      const leave = {
        python: `import subprocess\ndef handler(event):\n    for script in (${hide}, ${litter}):\n        subprocess.run(["sh", "-c", script])`,
        node: `exports.handler = () => { for (const script of [${hide}, ${litter}]) require("child_process").spawnSync("sh", ["-c", script]); };`,
      };
      const look = {
        python:
          'import os\ndef handler(event):\n    lines = [open(f"/proc/{p}/cmdline").read() for p in os.listdir("/proc") if p.isdigit()]\n    return [sum("sleep" in line for line in lines), [n for n in os.listdir("/tmp") if not n.startswith("narae-")]]',
        node: 'const fs = require("fs");\nexports.handler = () => [fs.readdirSync("/proc").filter((p) => Number(p) && fs.readFileSync(`/proc/${p}/cmdline`, "utf8").includes("sleep")).length, fs.readdirSync("/tmp").filter((n) => !n.startsWith("narae-"))];',
      };
      expect((await environment().run({ code: leave[language] })).value).toEqual({ statusCode: 200, body: 'null' });
      expect((await environment().run({ code: look[language] })).value).toEqual({ statusCode: 200, body: '[0,[]]' });
    });
  });
});
