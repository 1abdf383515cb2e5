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

/**
 * Creates a file that only the service's user may read, or makes an existing file private. Throws as `makePrivate`
 * does.
 */
export function createPrivateFile(path: string): void {
  try {
    // `wx` does not follow a symbolic link. An existing file is not opened: closing it would release its locks (fcntl).
    closeSync(openSync(path, 'wx', PRIVATE_MODE));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    makePrivate(path);
    if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK);
    // A symbolic link with a trusted owner leads to a file that does not exist yet.
    else closeSync(openSync(path, 'a', PRIVATE_MODE));
  }
}

/**
 * Removes the access of all other users to a file, if it exists. A file that only a group may access stays as it is.
 * Throws `STORE_UNUSABLE` if the file or the link belongs to an untrusted user, who may have put it into a shared
 * folder. Root and the owner of the folder are trusted.
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

/** Trusted are the service's user, root, and the owner of the folder, who can replace every file in it. */
export function isTrusted(owner: number, user: number, ofFolder: number): boolean {
  return owner === user || owner === ROOT || owner === ofFolder;
}

/**
 * The mode that a file should have. A mode without access for others was chosen by the operator; any other mode comes
 * from the umask.
 */
export function privateMode({ mode }: Pick<Stats, 'mode'>): number {
  return (mode & OTHERS) === 0 ? mode & PERMISSIONS : PRIVATE_MODE;
}

/** On file systems without modes (FAT), even the owner of a file may not set one. */
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
