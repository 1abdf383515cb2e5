import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  lstatSync,
  openSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { SessionsError } from '../../domain/errors.ts';

const PRIVATE_MODE = 0o600;
const OTHERS = 0o007;
const PERMISSIONS = 0o777;
const ROOT = 0;

/** Creates a file that only the service's own user may read; one that is there is made so. Throws as `makePrivate`. */
export function createPrivateFile(path: string): void {
  try {
    // Not through a symbolic link. A file that is there is not opened: closing it would release its locks (fcntl).
    closeSync(openSync(path, 'wx', PRIVATE_MODE));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    makePrivate(path);
    if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK);
    // A link whose owner is trusted leads to a file that is not there yet.
    else closeSync(openSync(path, 'a', PRIVATE_MODE));
  }
}

/**
 * Takes a file away from everybody else, if it is there. One that was given to a group alone is left as it is. Throws
 * `STORE_UNUSABLE` for a file, or a link, of another user: in a folder that all may write to, that user may have put it
 * there. Root is trusted, and so is the user whose folder it is.
 */
export function makePrivate(path: string): void {
  const uid = process.getuid?.();
  const link = lstatSync(path, { throwIfNoEntry: false });
  if (uid === undefined || !link) return;
  const folder = statSync(dirname(path));
  const file = statSync(path, { throwIfNoEntry: false });
  for (const { uid: owner } of file ? [link, file] : [link]) {
    if (!isTrusted(owner, uid, folder.uid)) throw ofAnotherUser(path, owner);
  }
  if (file && privateMode(file) !== (file.mode & PERMISSIONS)) chmodOwn(path, file, uid);
}

/** The user of the service and root; and the owner of the folder, who can replace every file in it. */
export function isTrusted(owner: number, user: number, ofFolder: number): boolean {
  return owner === user || owner === ROOT || owner === ofFolder;
}

/** The mode that a file should have. A mode that shuts out others was chosen; another is what the umask left. */
export function privateMode({ mode }: Pick<Stats, 'mode'>): number {
  return (mode & OTHERS) === 0 ? mode & PERMISSIONS : PRIVATE_MODE;
}

/** Some file systems have no modes (FAT): there, the owner of the file may not set one either. */
function chmodOwn(path: string, file: Stats, uid: number): void {
  try {
    chmodSync(path, PRIVATE_MODE);
  } catch (error) {
    if (file.uid !== uid) throw error;
  }
}

function ofAnotherUser(path: string, owner: number): SessionsError {
  const problem = `${path} belongs to another user (uid ${owner}), who could read and change sessions`;
  return new SessionsError('STORE_UNUSABLE', `${problem}. Remove it, or chown it to the service's user.`);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
