import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where a program is that nobody here wrote; undefined if this machine has none. */
export function installed(program: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).concat('/usr/bin', '/usr/local/bin');
  return folders
    .map((folder) => join(folder, program))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** A describe block that needs such a program; where there is none the reason is in the name. */
export function describeWithProgram(program: string, name: string, tests: (path: string) => void): void {
  const path = installed(program);
  if (path !== undefined) {
    describe(name, () => tests(path));
    return;
  }
  describe.skip(`${name} (skipped: this machine has no ${program})`, () => tests(program));
}
