import { createHash, randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import * as z from 'zod';
import { Bundle } from '../../engine';
import type { Clock } from '../../platform/time/clock';
import { readItem } from '../../platform/dynamo/read-item';
import { isConditionFailed, storeFailed } from '../../platform/dynamo/store-errors';
import { ttl } from '../../platform/dynamo/ttl';
import { bundleKey, resolutionKey } from '../keys';
import type { Wanted } from './library';
import type { Installed, Place, Resolved } from './build-order';

/**
 * How long a text stands for the versions it was resolved to, milliseconds. Asking the registry again would make every
 * deploy a matter of seconds; never asking would keep a fault that has been mended.
 */
const RESOLVED_FOR_MS = 60 * 60_000;
/** An installation, with its retries. */
const UPLOAD_SECONDS = 300;

const Resolution = z.object({ address: z.string(), until: z.number() });

/** Installed packages of a workspace, by content: callbacks whose libraries resolve to the same share one bundle. */
export class Libraries {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #s3: S3Client;
  readonly #bucket: string;
  readonly #clock: Clock;

  constructor(db: DynamoDBDocumentClient, table: string, s3: S3Client, bucket: string, clock: Clock) {
    this.#db = db;
    this.#table = table;
    this.#s3 = s3;
    this.#bucket = bucket;
    this.#clock = clock;
  }

  /** What somebody's text was resolved to and installed as within the last hour. */
  async find(workspace: string, wanted: Wanted): Promise<Bundle | undefined> {
    const resolution = Resolution.safeParse(await this.#get(resolutionKey(workspace, digestOf(wanted))));
    if (!resolution.success || resolution.data.until < this.#clock.now()) return undefined;
    return this.at(workspace, resolution.data.address);
  }

  async at(workspace: string, address: string): Promise<Bundle | undefined> {
    const item = await this.#get(bundleKey(workspace, address));
    return item && Bundle.parse(item);
  }

  async remember(workspace: string, wanted: Wanted, address: string): Promise<void> {
    const until = this.#clock.now() + RESOLVED_FOR_MS;
    const Item = { ...resolutionKey(workspace, digestOf(wanted)), address, until, expiresAt: ttl(until) };
    await this.#db.send(new PutCommand({ TableName: this.#table, Item })).catch(storeFailed);
  }

  /** An object of this build's own: two builds of the same lock do not write over each other. */
  placeFor(workspace: string, address: string): Place {
    return { address, key: `libraries/${workspace}/${address}/${randomUUID()}.tar.gz` };
  }

  /** An address that takes the bundle, for an installer that has no rights. */
  uploadUrl({ key }: Place): Promise<string> {
    return getSignedUrl(this.#s3, new PutObjectCommand({ Bucket: this.#bucket, Key: key }), {
      expiresIn: UPLOAD_SECONDS,
    });
  }

  /** @returns the bundle of this address: what was uploaded, or what another build uploaded before */
  async publish(workspace: string, place: Place, installed: Extract<Installed, { ok: true }>): Promise<Bundle> {
    const { sha256, packedBytes, unpackedBytes } = installed;
    const Item = {
      ...bundleKey(workspace, place.address),
      ...{ key: place.key, sha256, packedBytes, unpackedBytes, createdAt: this.#clock.now() },
    };
    try {
      await this.#db.send(
        new PutCommand({ TableName: this.#table, Item, ConditionExpression: 'attribute_not_exists(pk)' }),
      );
      return { key: place.key, sha256 };
    } catch (error) {
      if (!isConditionFailed(error)) return storeFailed(error);
      return (await this.at(workspace, place.address)) ?? { key: place.key, sha256 };
    }
  }

  #get(key: Record<string, string>): Promise<Record<string, unknown> | undefined> {
    return readItem(this.#db, this.#table, key);
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

const digestOf = ({ language, order }: Wanted): string => digest(JSON.stringify({ language, ...order }));

/** The address of what a lock holds, on the platform that it was resolved for. */
export function addressOf({ lock, platform }: Extract<Resolved, { ok: true }>): string {
  const text = gunzipSync(Buffer.from(lock, 'base64')).toString('utf8');
  return digest(JSON.stringify([platform, text]));
}
