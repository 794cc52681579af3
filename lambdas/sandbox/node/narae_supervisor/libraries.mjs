/** Packages that a run asks for beside its code: fetched once per environment, unpacked where a child can only read. */
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, symlinkSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { BadEvent } from './run-spec.mjs';
import * as scratch from './scratch.mjs';
import { BadArchive, unpack } from './untar.mjs';

const FETCH_TIMEOUT_MS = 20_000;
const FETCH_TRIES = 2;
/** Above what an installer makes (docs/contracts/callbacks.md#build): a larger bundle is not one of ours. */
const UNPACKED_BYTES = 300 * 1024 * 1024;
const LENT = fileURLToPath(new URL('../lent/callback/node_modules', import.meta.url));

/** Name of the folder that libraries of this environment are unpacked in. */
export const folderIn = (base) => path.join(base, `libraries-${randomBytes(8).toString('hex')}`);

/** Makes it, where it is not there yet: children may look into it. */
export function create(folder) {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
}

/** The environment belongs to one owner, who has one library at a time: an older one makes room. */
export class Libraries {
  #folder;

  constructor(folder) {
    this.#folder = folder;
  }

  /**
   * The folder that holds the packages of a bundle.
   * @throws BadEvent, without the address: it is a credential
   */
  async get(url, sha256) {
    const folder = path.join(this.#folder, sha256);
    if (existsSync(folder)) return folder;
    let reason = 'no answer';
    for (let attempt = 0; attempt < FETCH_TRIES; attempt += 1) {
      try {
        create(this.#folder);
        for (const name of readdirSync(this.#folder)) scratch.remove(path.join(this.#folder, name));
        await fetchInto(folder, url, sha256);
        return folder;
      } catch (error) {
        reason = error instanceof BadArchive ? error.message : error.name;
      }
    }
    throw new BadEvent(`bundle can't be read: ${reason}`);
  }
}

async function fetchInto(folder, url, sha256) {
  const draft = `${folder}.draft`;
  mkdirSync(draft, { mode: 0o755 });
  const hash = createHash('sha256');
  const hashed = async function* (source) {
    for await (const piece of source) {
      hash.update(piece);
      yield piece;
    }
  };
  const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS);
  const response = await open(url, signal);
  await pipeline(response, hashed, createGunzip(), (source) => unpack(source, draft, UNPACKED_BYTES), { signal });
  if (hash.digest('hex') !== sha256) throw new BadArchive('its hash is another one');
  lendInto(path.join(draft, 'node_modules'));
  makeReadOnly(draft);
  renameSync(draft, folder);
}

async function open(url, signal) {
  // Late: most environments do not need TLS.
  const { request } = url.startsWith('https:') ? await import('node:https') : http;
  return new Promise((resolve, reject) => {
    const asked = request(url, { signal, agent: false }, (response) => {
      if (response.statusCode === 200) resolve(response);
      else asked.destroy(new BadArchive(`HTTP ${response.statusCode}`));
    });
    asked.on('error', reject);
    asked.end();
  });
}

/** What is lent to all callbacks stands beside what this one brings along, which comes first. */
function lendInto(packages) {
  if (!existsSync(LENT)) return;
  mkdirSync(packages, { recursive: true, mode: 0o755 });
  const lent = path.join(LENT, 'axios');
  const place = path.join(packages, 'axios');
  if (existsSync(lent) && !existsSync(place)) symlinkSync(lent, place);
}

/** Against mistakes of user code: where the child is of our own user, it could undo this. */
function makeReadOnly(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) makeReadOnly(path.join(folder, entry.name));
  chmodSync(folder, 0o555);
}
