import { createHash } from 'node:crypto';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { ByteCache } from '../engine/byte-cache';
import { storeFailed } from '../platform/store-errors';

const CACHE_BYTES = 64 * 1024 * 1024;

/**
 * Source of stored functions, addressed by its content, each function's by itself so that it can be removed with it.
 * Apart from the engine's `code/`, where code that has not run for 90 days expires.
 */
export class CodeStore {
  readonly #s3: S3Client;
  readonly #bucket: string;
  readonly #cache = new ByteCache(CACHE_BYTES);

  constructor(s3: S3Client, bucket: string) {
    this.#s3 = s3;
    this.#bucket = bucket;
  }

  /** @returns its sha256, which is its address */
  async put(workspace: string, functionId: string, source: string): Promise<string> {
    const bytes = Buffer.from(source);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const Key = keyOf(workspace, functionId, sha256);
    await this.#s3.send(new PutObjectCommand({ Bucket: this.#bucket, Key, Body: bytes })).catch(storeFailed);
    this.#cache.set(Key, bytes);
    return sha256;
  }

  /** @throws AppError `SERVICE_UNAVAILABLE`; Error if the code is not there or not what its address says */
  async get(workspace: string, functionId: string, sha256: string): Promise<Buffer> {
    const key = keyOf(workspace, functionId, sha256);
    const kept = this.#cache.get(key);
    if (kept) return kept;
    const bytes = await this.#fetch(key);
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw new Error(`No intact code at ${key}`);
    this.#cache.set(key, bytes);
    return bytes;
  }

  /** Removes what a function no longer runs. */
  async removeOne(workspace: string, functionId: string, sha256: string): Promise<void> {
    await this.#delete([keyOf(workspace, functionId, sha256)]);
  }

  /** Removes all code of a function. Doing it again does no harm. */
  async removeAll(workspace: string, functionId: string): Promise<void> {
    for (;;) {
      const Prefix = keyOf(workspace, functionId, '');
      const { Contents = [] } = await this.#s3
        .send(new ListObjectsV2Command({ Bucket: this.#bucket, Prefix }))
        .catch(storeFailed);
      if (Contents.length === 0) return;
      await this.#delete(Contents.flatMap(({ Key }) => Key ?? []));
    }
  }

  async #delete(keys: readonly string[]): Promise<void> {
    await this.#s3
      .send(new DeleteObjectsCommand({ Bucket: this.#bucket, Delete: { Objects: keys.map((Key) => ({ Key })) } }))
      .catch(storeFailed);
  }

  async #fetch(key: string): Promise<Buffer> {
    try {
      const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
      if (Body) return Buffer.from(await Body.transformToByteArray());
    } catch (error) {
      if (!(error instanceof NoSuchKey)) return storeFailed(error);
    }
    throw new Error(`No code at ${key}`);
  }
}

const keyOf = (workspace: string, functionId: string, sha256: string): string =>
  `sources/${workspace}/${functionId}/${sha256}`;
