const MAX_CHARS = 40;

/** Lower case, letters and digits only, beginning with a letter (docs/contracts/builds.md#app-names). */
export function safeAppName(wanted: string): string {
  const kept = wanted
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .slice(0, MAX_CHARS);
  return /^[a-z]/.test(kept) ? kept : `app${kept}`.slice(0, MAX_CHARS);
}

/** Of a build for which nobody gave a name. */
export const appNameOfTask = (taskId: string): string => safeAppName(`app${taskId.slice(0, 8)}`);
