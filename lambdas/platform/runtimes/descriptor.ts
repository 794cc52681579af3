import type * as z from 'zod';

/**
 * What a runtime is, beside the script that checks syntax in it (`syntax-checks.ts`). In parts, because a bundle cannot
 * leave out a part of an object: every function needs the first, those that build the second, and stacks the third.
 */

/** What callers and records say of it, and what its files are called. */
export interface RuntimeDescriptor {
  /** What runs name, e.g. `python3.13`. */
  readonly name: string;
  /** The same for all versions; its folders are called so. */
  readonly language: string;
  /** For people. */
  readonly label: string;
  readonly version: string;
  readonly defaultHandler: string;
  /** File name of code that is a whole program. */
  readonly script: string;
  /** Of names of files with its source, without the dot. */
  readonly ending: string;
  /** What callers may call it, in lower case, without spaces, hyphens and underscores. */
  readonly spellings: RegExp;
  /** Common spellings, not all of them. */
  readonly aliases: readonly string[];
  /** Environment variables that decide how its interpreter starts: no caller sets them. */
  readonly reservedVariables: readonly string[];
}

/** A text that names packages of the runtime's registry, as people keep it beside their code. */
export interface PackageList {
  /** What the text is, for descriptions. */
  readonly format: string;
  /** Fields of the installer's order that carry the packages. */
  readonly order: z.ZodRawShape;
  /**
   * Names of packages of the registry and their versions only: a URL, a path or an option could make the installer read,
   * or reach, something else.
   */
  readonly read: (text: string) => PackagesRead;
}

export type PackagesRead =
  /** `order`: the fields of the installer's order, in one form for all texts that mean the same; undefined for none. */
  { readonly order: Readonly<Record<string, unknown>> | undefined } | { readonly problem: string };

/** Its own functions. */
export interface DeploymentDescriptor {
  /** Lambda's name of the managed runtime. */
  readonly lambdaRuntime: string;
  /** Runs user code (docs/sandbox.md, "Protocol"). */
  readonly sandbox: FunctionPackage & {
    /** The file that it starts with. */
    readonly main: string;
    /** Whether Lambda executes that file, and does not load it. */
    readonly executable: boolean;
  };
  /** Resolves and installs packages for builds. */
  readonly installer: FunctionPackage & {
    /** Variables that send its package client to another index than the usual one. */
    readonly indexVariables: (url: string) => Readonly<Record<string, string>>;
  };
}

export interface FunctionPackage {
  /** Our sources, from the repository's root. */
  readonly folder: string;
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly packages: readonly PinnedPackages[];
}

/** Packages of others that a function brings along, pinned in `lib/bundle/packages/<set>`. */
export interface PinnedPackages {
  readonly client: 'pip' | 'npm';
  readonly set: string;
  /** Folder of what the client makes that is taken; absent: all of it. */
  readonly part?: string;
  /** Folder of the function's package that they go to. */
  readonly to: string;
}
