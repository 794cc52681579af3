/** How an installation fails, and how that is told: in words of the package's user, without addresses of the installer. */

const REASON_CHARS = 2000;

/** The library cannot be installed; the message says which package and why. */
export class Refused extends Error {}

/** The registry did not answer: another try may do better. */
export class RegistryUnavailable extends Error {}

export const TOO_LARGE = 'library takes more than 250 MB unpacked';

const UNAVAILABLE = /^(?:ECONN|ENOTFOUND|ETIMEDOUT|EAI_|ERR_SOCKET|EHOSTUNREACH|ENETUNREACH|E5\d\d$|FETCH_ERROR)/;
const NO_ROOM = ['ENOSPC', 'EFBIG', 'EDQUOT'];

/** The error that npm's report (`--json`) tells of. */
export function failureOf({ code = '', summary = '', detail = '' }) {
  if (NO_ROOM.includes(code)) return new Refused(TOO_LARGE);
  if (UNAVAILABLE.test(code)) return new RegistryUnavailable('the package registry did not answer');
  if (code === 'E404') {
    const [, name = 'a package'] =
      /'((?:@[^'@]+)?[^'@]+@?[^']*)' (?:is not in this registry|could not be found)/.exec(detail) ?? [];
    return new Refused(clean(`library needs ${name}: there is no such package`));
  }
  if (code === 'ETARGET') return new Refused(clean(`library cannot be installed: ${firstLine(summary)}`));
  if (code === 'ERESOLVE')
    return new Refused(clean(`library has dependencies that conflict: ${conflictIn(summary, detail)}`));
  if (/^EALLOW/.test(code))
    return new Refused(
      clean(
        `library needs something that is not in the registry; only packages of the registry are installed. ${summary}`,
      ),
    );
  return new Refused(clean(`library cannot be installed: ${firstLine(summary) || code || 'npm does not say why'}`));
}

const firstLine = (text) => text.trim().split('\n')[0] ?? '';

/** npm tells who wants what, line by line, and ends with advice for somebody at a terminal. */
function conflictIn(summary, detail) {
  const lines = `${summary}\n${detail}`.split('\n').map((line) => line.trim());
  return (
    lines.filter((line) => /^(?:Found|Could not resolve|peer|While resolving|.* from )/.test(line)).join('; ') ||
    summary
  );
}

/** Without addresses, which may hold credentials, and folders of the installer. */
const clean = (text) =>
  text
    .replace(/\b[a-z][a-z0-9+.-]*:\/\/\S+/g, 'the registry')
    .replace(/(?<![\w@./-])(?:\/[\w.-]+){2,}/g, 'a file')
    .slice(0, REASON_CHARS);
