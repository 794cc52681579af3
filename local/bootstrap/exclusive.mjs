import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { say } from './console.mjs';

const POLL_MS = 250;

/**
 * Lets one process at a time install things into this folder: `npm start` and `npm test` of a fresh clone may well be
 * started together, and two `npm ci` in one folder destroy each other's work.
 */
export async function exclusively(root, work) {
  const folder = path.join(root, '.narae');
  const lock = path.join(folder, 'bootstrap.lock');
  mkdirSync(folder, { recursive: true });
  let told = false;
  while (!tryLock(lock)) {
    if (!told) say('Another command is installing things here; waiting for it.');
    told = true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function tryLock(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (isHeld(lock)) return false;
    rmSync(lock, { force: true });
    return false;
  }
}

/** A lock whose process is gone was left by a crash. */
function isHeld(lock) {
  try {
    process.kill(Number(readFileSync(lock, 'utf8')), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
