/** What one child that runs user code may use. Its time and memory are its supervisor's matter. */
export const CHILD_LIMITS = {
  /** Processes and threads. Lambda allows 1,024 per environment; a laptop is shared with its owner. */
  processes: 256,
  openFiles: 1024,
  /** One file. Not less than the folder that it lies in. */
  fileBytes: 256 * 1024 * 1024,
  /** All files in the scratch folder, which is in memory. */
  scratchBytes: 256 * 1024 * 1024,
  /** All files in /tmp, as well. */
  tmpBytes: 64 * 1024 * 1024,
  sharedMemoryBytes: 16 * 1024 * 1024,
} as const;

/** What one installer of packages may use: what it downloads, what that unpacks to, and what it packs of it. */
export const INSTALLER_LIMITS: ChildLimits = {
  ...CHILD_LIMITS,
  fileBytes: 512 * 1024 * 1024,
  scratchBytes: 1024 * 1024 * 1024,
};

export type ChildLimits = { readonly [name in keyof typeof CHILD_LIMITS]: number };
