import {
  CopyObjectCommand,
  GetBucketVersioningCommand,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';

/** Of a thousand versions each; what is found is held in memory. */
const MAX_PAGES = 1_000;

export interface ObjectsToRestore {
  readonly bucket: string;
  /** Only keys that begin so. */
  readonly prefix: string;
  /** The moment whose objects are wanted. */
  readonly at: Date;
  /** true: say what would be done, and do nothing. */
  readonly dryRun: boolean;
  readonly say: (line: string) => void;
}

export interface RestoredObjects {
  readonly restored: number;
  /** Are now as they were then. */
  readonly intact: number;
  readonly failed: number;
}

interface Version {
  /** undefined: a deletion. */
  readonly id: string | undefined;
  readonly since: number;
  readonly latest: boolean;
}

/**
 * Makes objects what they were at a moment, from the versions that the bucket keeps. Objects that were not there then
 * are left alone: nothing is deleted. It may be repeated.
 * @throws Error if the bucket keeps no versions
 */
export async function restoreObjects(s3: S3Client, wanted: ObjectsToRestore): Promise<RestoredObjects> {
  const { bucket, prefix, at, dryRun, say } = wanted;
  const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket: bucket }));
  if (Status === undefined) throw new Error(`${bucket} keeps no versions: there is nothing to restore from`);
  const count = { restored: 0, intact: 0, failed: 0 };
  for (const [key, versions] of await versionsOf(s3, bucket, prefix)) {
    const then = versions.filter(({ since }) => since <= at.getTime()).sort(latestFirst)[0];
    if (then?.id === undefined) continue;
    if (then.latest) {
      count.intact += 1;
      continue;
    }
    try {
      if (!dryRun) await copyForward(s3, bucket, key, then.id);
      count.restored += 1;
      say(`${dryRun ? 'would restore' : 'restored'} ${key} as of ${new Date(then.since).toISOString()}`);
    } catch (error) {
      count.failed += 1;
      say(`could not restore ${key}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return count;
}

/** S3 tells times in whole seconds; of two versions of one second the latest one wins. */
const latestFirst = (a: Version, b: Version): number => b.since - a.since || Number(b.latest) - Number(a.latest);

async function versionsOf(s3: S3Client, bucket: string, prefix: string): Promise<Map<string, Version[]>> {
  const found = new Map<string, Version[]>();
  const note = (key: string | undefined, version: Version) => {
    if (key === undefined) return;
    const known = found.get(key);
    if (known) known.push(version);
    else found.set(key, [version]);
  };
  let from: { KeyMarker?: string; VersionIdMarker?: string } = {};
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const listed = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...from }));
    for (const one of listed.Versions ?? [])
      note(one.Key, { id: one.VersionId, since: one.LastModified?.getTime() ?? 0, latest: one.IsLatest === true });
    for (const one of listed.DeleteMarkers ?? [])
      note(one.Key, { id: undefined, since: one.LastModified?.getTime() ?? 0, latest: one.IsLatest === true });
    if (listed.IsTruncated !== true) return found;
    const { NextKeyMarker: key, NextVersionIdMarker: version } = listed;
    from = { ...(key !== undefined && { KeyMarker: key }), ...(version !== undefined && { VersionIdMarker: version }) };
  }
  throw new Error(`More than ${MAX_PAGES} thousand versions: restore one prefix after another`);
}

/** The old version stays what it is; its copy is the newest. */
async function copyForward(s3: S3Client, Bucket: string, Key: string, version: string): Promise<void> {
  const source = [Bucket, ...Key.split('/')].map(encodeURIComponent).join('/');
  await s3.send(
    new CopyObjectCommand({ Bucket, Key, CopySource: `${source}?versionId=${encodeURIComponent(version)}` }),
  );
}
