/** A reference to an image as registries write it (distribution reference grammar): [host[:port]/]path[:tag][@digest]. */
export interface ImageReference {
  /** Host (absent: the reader's default) and path, without tag and digest. */
  readonly repository: string;
  readonly host: string | null;
  readonly path: string;
  readonly tag: string | null;
  readonly digest: string | null;
}

const HOST_LABEL = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const HOST = `(?:${HOST_LABEL}(?:\\.${HOST_LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]{1,5})?`;
const PART = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const REPOSITORY = new RegExp(`^(?:(${HOST})/)?(${PART}(?:/${PART})*)$`);
const REFERENCE = /^([^@]+?)(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(sha256:[a-f0-9]{64}))?$/;
const MAX_NAME_CHARS = 255;

/** @returns undefined for what is no reference */
export function parseImageReference(text: string): ImageReference | undefined {
  if (text.length > MAX_NAME_CHARS + 210) return undefined;
  const [, repository = '', tag = null, digest = null] = REFERENCE.exec(text) ?? [];
  const place = parseRepository(repository);
  return place && { ...place, repository, tag, digest };
}

/** host/path without tag; what stands before the first slash is a host if it looks like one, as all clients decide it. */
export function parseRepository(text: string): { readonly host: string | null; readonly path: string } | undefined {
  if (text.length > MAX_NAME_CHARS) return undefined;
  const match = REPOSITORY.exec(text);
  if (!match) return undefined;
  const [, host, path = ''] = match;
  const isHost = host !== undefined && (/[.:]/.test(host) || host === 'localhost' || /[A-Z]/.test(host));
  if (host !== undefined && !isHost) return new RegExp(`^${PART}$`).test(host) ? { host: null, path: text } : undefined;
  return { host: host ?? null, path };
}
