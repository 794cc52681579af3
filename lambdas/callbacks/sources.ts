import { createHash } from 'node:crypto';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { ByteCache } from '../engine/byte-cache';
import { storeFailed } from '../platform/store-errors';

const CACHE_BYTES = 32 * 1024 * 1024;

/**
 * Source code of callbacks, in the bucket, by content. It is kept for as long as its callback: what the engine keeps of
 * the code of runs expires, and a callback may be called after a year.
 */
export class Sources {
  readonly #s3: S3Client;
  readonly #bucket: string;
  readonly #cache = new ByteCache(CACHE_BYTES);

  constructor(s3: S3Client, bucket: string) {
    this.#s3 = s3;
    this.#bucket = bucket;
  }

  /** @returns sha256 of the code, its address within the callback */
  async put(workspace: string, callbackId: number, code: string): Promise<string> {
    const sha256 = createHash('sha256').update(code).digest('hex');
    const Key = `${folder(workspace, callbackId)}${sha256}`;
    await this.#s3.send(new PutObjectCommand({ Bucket: this.#bucket, Key, Body: code })).catch(storeFailed);
    return sha256;
  }

  /** @throws AppError `SERVICE_UNAVAILABLE` */
  async get(workspace: string, callbackId: number, sha256: string): Promise<string> {
    const Key = `${folder(workspace, callbackId)}${sha256}`;
    const known = this.#cache.get(Key);
    if (known) return known.toString('utf8');
    const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key })).catch(storeFailed);
    const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
    this.#cache.set(Key, bytes);
    return bytes.toString('utf8');
  }

  /** Removes every version of a callback's code. */
  async forget(workspace: string, callbackId: number): Promise<void> {
    for (;;) {
      const { Contents, IsTruncated } = await this.#s3
        .send(new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: folder(workspace, callbackId) }))
        .catch(storeFailed);
      const Objects = (Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [{ Key }]));
      if (Objects.length === 0) return;
      await this.#s3
        .send(new DeleteObjectsCommand({ Bucket: this.#bucket, Delete: { Objects, Quiet: true } }))
        .catch(storeFailed);
      if (!IsTruncated) return;
    }
  }
}

const folder = (workspace: string, callbackId: number): string => `sources/${workspace}/callbacks/${callbackId}/`;
