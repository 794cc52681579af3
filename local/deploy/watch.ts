import { watch, type FSWatcher } from 'node:fs';
import path from 'node:path';
import { SOURCES } from './fingerprint';

const DEBOUNCE_MS = 300;
/** Files that editors and interpreters write beside the sources. */
const IGNORED = /(^|\/)(\.|__pycache__|#)|~$|\.(swp|pyc|tmp)$/;

export interface WatchOptions {
  readonly root: string;
  /** One run at a time; changes that come meanwhile lead to one more. */
  readonly onChange: (files: readonly string[]) => Promise<void>;
}

/** Watches the sources of the deployment. @returns what ends it */
export function watchSources({ root, onChange }: WatchOptions): () => void {
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let running = false;

  const runWhenQuiet = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void runChanges(), DEBOUNCE_MS);
  };
  const runChanges = async () => {
    if (running || changed.size === 0) return;
    running = true;
    const files = [...changed];
    changed.clear();
    await onChange(files);
    running = false;
    if (changed.size > 0) runWhenQuiet();
  };

  const watchers: FSWatcher[] = [];
  for (const folder of SOURCES) {
    try {
      const watcher = watch(path.join(root, folder), { recursive: true }, (_, file) => {
        if (file === null || IGNORED.test(file)) return;
        changed.add(path.join(folder, file));
        runWhenQuiet();
      });
      watcher.on('error', () => undefined);
      watchers.push(watcher);
    } catch {
      // A folder that is not there has nothing to watch.
    }
  }
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
