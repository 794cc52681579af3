import * as z from 'zod';
import type { PackageList, PackagesRead } from '../descriptor';

/** A name with extras, versions and an environment marker. In a text with runs of spaces it would take its time. */
const REQUIREMENT =
  /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\s*(?:\[[A-Za-z0-9._,\s-]*\])?\s*(?:\(?\s*(?:(?:===|==|~=|!=|<=|>=|<|>)\s*[A-Za-z0-9.*+!_-]+\s*,?\s*)*\)?)?\s*(?:;[^@/\\]*)?$/;

/** Lines without comments and blank lines. */
const requirementsIn = (text: string): string[] =>
  text
    .split(/\r\n|\r|\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');

/** Whether a line names a package of the index, with versions: no URL, path or option. */
export const isRequirement = (line: string): boolean => REQUIREMENT.test(line.replace(/\s+/g, ' '));

function read(text: string): PackagesRead {
  const lines = requirementsIn(text);
  const wrong = lines.find((line) => !isRequirement(line));
  if (wrong !== undefined) {
    const shown = wrong.slice(0, 100);
    return { problem: `must have lines like 'name==1.2', without URLs, paths and options; '${shown}' is none` };
  }
  const requirements = [...new Set(lines)].sort();
  return { order: requirements.length > 0 ? { requirements } : undefined };
}

export const pythonPackages: PackageList = {
  format: 'lines of a requirements file',
  order: { requirements: z.array(z.string()).readonly() },
  read,
};
