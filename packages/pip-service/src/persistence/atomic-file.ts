import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { privateMode } from '@pip-sessions/service/internal/stores/shared/private-file';

/** Sessions hold what belongs to users: a new file is for the service's own user alone. */
const NEW_FILE_MODE = 0o600;

/**
 * Replaces the file's content as a whole: at every moment, and after power is lost, the file holds the old text or
 * the new one. It is written beside the file, since a rename is atomic only within one file system.
 */
export async function writeFileAtomically(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const mode = await modeOf(path);
  const beside = `${path}.tmp`;
  // What is there was left by a crash, or put there by somebody else: it is neither followed nor kept.
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

/** The rename itself is on disk only when its folder is. Windows knows no such call, and needs none. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
