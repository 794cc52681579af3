import { createHash } from 'node:crypto';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { storeFailed } from '../../platform/dynamo/store-errors';
import { ByteCache } from './byte-cache';

const CACHE_BYTES = 64 * 1024 * 1024;
/** Objects that one removal finds at most, a thousand at a time. */
const MAX_ROUNDS = 1_000;

/**
 * Source code that a service keeps for its things, each thing's by itself under `sources/`, addressed by its content. It is
 * there for as long as its thing: what the engine keeps of the code of runs (`code/`) expires.
 */
export class SourceStore {
  readonly #s3: S3Client;
  readonly #bucket: string;
  readonly #cache = new ByteCache(CACHE_BYTES);

  constructor(s3: S3Client, bucket: string) {
    this.#s3 = s3;
    this.#bucket = bucket;
  }

  /** @returns its sha256, which is its address within the ownerPath. @throws AppError `SERVICE_UNAVAILABLE` */
  async put(workspace: string, ownerPath: string, source: string): Promise<string> {
    const bytes = Buffer.from(source);
    const sha256 = digest(bytes);
    const Key = keyOf(workspace, ownerPath, sha256);
    await this.#s3.send(new PutObjectCommand({ Bucket: this.#bucket, Key, Body: bytes })).catch(storeFailed);
    this.#cache.set(Key, bytes);
    return sha256;
  }

  /** @throws AppError `SERVICE_UNAVAILABLE`; Error if the code is not there or not what its address says */
  async get(workspace: string, ownerPath: string, sha256: string): Promise<Buffer> {
    const key = keyOf(workspace, ownerPath, sha256);
    const kept = this.#cache.get(key);
    if (kept) return kept;
    const bytes = await this.#fetch(key);
    if (digest(bytes) !== sha256) throw new Error(`No intact code at ${key}`);
    this.#cache.set(key, bytes);
    return bytes;
  }

  /** Deletes all versions. Doing it again does no harm. */
  async deleteAll(workspace: string, ownerPath: string): Promise<void> {
    const Prefix = keyOf(workspace, ownerPath, '');
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      const { Contents = [] } = await this.#s3
        .send(new ListObjectsV2Command({ Bucket: this.#bucket, Prefix }))
        .catch(storeFailed);
      if (Contents.length === 0) return;
      await this.#delete(Contents.flatMap(({ Key }) => Key ?? []));
    }
    throw new Error(`The code at ${Prefix} does not go away`);
  }

  async #delete(keys: readonly string[]): Promise<void> {
    const Objects = keys.map((Key) => ({ Key }));
    await this.#s3
      .send(new DeleteObjectsCommand({ Bucket: this.#bucket, Delete: { Objects, Quiet: true } }))
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

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const keyOf = (workspace: string, ownerPath: string, sha256: string): string =>
  `sources/${workspace}/${ownerPath}/${sha256}`;
