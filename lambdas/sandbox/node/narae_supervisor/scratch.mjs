/** Scratch folders: a child's home, temporary folder and working directory, gone with it whatever it left there. */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  unlinkSync,
} from 'node:fs';
import path from 'node:path';

const PREFIX = 'narae-';
/** Opens a folder only to name it, which needs no right to read it. Linux: O_PATH is missing in node:constants. */
const O_PATH = 0o10000000;

/** Makes an empty folder that only we can enter. */
export function create(base) {
  const folder = path.join(base, PREFIX + randomBytes(16).toString('hex'));
  mkdirSync(folder, { mode: 0o700 });
  return folder;
}

/**
 * Removes a folder and all in it. Never follows a link, never opens anything but folders. Works level by level: what
 * is deeper is first moved up, so that no path is too long and nothing recurses.
 * @throws the error of a file system call if something escaped our rights
 */
export function remove(top) {
  if (!isThere(top)) return;
  makeOurs(top);
  let moved = 0;
  for (let folders = removeFiles(top); folders.length > 0; folders = removeFiles(top)) {
    for (const folder of folders) {
      makeOurs(folder);
      for (const inner of removeFiles(folder)) {
        // A folder can only be moved by who may write into it: its ".." changes.
        makeOurs(inner);
        moved = moveUp(inner, top, moved);
      }
      rmdirSync(folder);
    }
  }
  rmdirSync(top);
}

function isThere(file) {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

/** Lets its owner into a folder that may have no rights at all: through a descriptor, so that no link is followed. */
function makeOurs(folder) {
  const handle = openSync(folder, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    chmodSync(`/proc/self/fd/${handle}`, 0o700);
  } finally {
    closeSync(handle);
  }
}

/** Removes what is no folder. @returns paths of folders. Names are bytes: they need not be UTF-8. */
function removeFiles(folder) {
  const folders = [];
  for (const name of readdirSync(folder, { encoding: 'buffer' })) {
    const file = Buffer.concat([Buffer.from(folder), Buffer.from('/'), name]);
    if (lstatSync(file).isDirectory()) folders.push(file);
    else unlinkSync(file);
  }
  return folders;
}

function moveUp(folder, top, moved) {
  for (let number = moved + 1; ; number += 1) {
    const target = path.join(top, `.moved-${number}`);
    try {
      renameSync(folder, target);
      return number;
    } catch (error) {
      // Something of that name, not empty, is in the way: user code chose it.
      if (!isThere(target)) throw error;
    }
  }
}
