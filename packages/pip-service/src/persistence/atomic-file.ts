import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { privateMode } from '@pip-sessions/service/internal/stores/shared/private-file';

/** A new file is private to the user of the service, because sessions contain data of users. */
const NEW_FILE_MODE = 0o600;

/**
 * Replaces the content of the file atomically: at any time, and after a power failure, it has either the old or the new
 * text. The new text is written to a file in the same folder, because a rename is atomic only within a file system.
 */
export async function writeFileAtomically(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const mode = await modeOf(path);
  const beside = `${path}.tmp`;
  // A file at this path is the remains of a crash, or another user has put it there: it must be neither followed nor
  // reused.
  await rm(beside, { force: true });
  const file = await open(beside, 'wx', mode);
  try {
    await file.chmod(mode);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
  await syncFolder(dirname(path));
}

async function modeOf(path: string): Promise<number> {
  try {
    return privateMode(await stat(path));
  } catch {
    return NEW_FILE_MODE;
  }
}

/** Syncs a folder, because only then the rename is on disk. Windows has no such call and does not need it. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
