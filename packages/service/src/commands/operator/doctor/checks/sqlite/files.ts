import { existsSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { SessionsError } from '../../../../../domain/errors.ts';
import { isTrusted } from '../../../../../stores/shared/private-file.ts';
import type { SqliteStoreConfig } from '../../../../../stores/sqlite/config.ts';
import { assertNotLost } from '../../../../../stores/sqlite/files/start-check.ts';
import { CannotCheck, type Examination } from '../../examination.ts';
import type { Probes } from '../../probes.ts';
import { bytesText } from '../bytes-text.ts';

/** Files of the store, by their suffix. */
const SUFFIXES = ['', '-wal', '-shm', '-owner'];
const OF_OTHERS = 0o006;
const WRITABLE_BY_OTHERS = 0o002;
const STICKY = 0o1000;

/** Numbers of statfs(2) (https://man7.org/linux/man-pages/man2/statfs.2.html). */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB 2'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x01021997, '9P'],
  [0x0bd00bd0, 'Lustre'],
  [0x73757245, 'Coda'],
  [0x65735546, 'FUSE, such as sshfs'],
]);
const TMPFS = 0x01021994;
const RAMFS = 0x858458f6;
const OVERLAYFS = 0x794c7630;

const FLUSHES = 9;
/** A local SSD takes 0.1 to 5 ms, a hard disk 10 to 20 ms. */
const FLUSH_MS_MAX = 50;
const FREE_BYTES_MIN = 536_870_912;

/** Checks the files and their disk, without a look into the database. Returns whether there is a database. */
export async function examineSqliteFiles(
  examination: Examination,
  config: SqliteStoreConfig,
  probes: Probes,
): Promise<boolean> {
  const { path } = config;
  const folder = dirname(path);
  await examination.check('the folder of the database', () => {
    if (!existsSync(path)) examination.found('SQLITE_FILE_MISSING', `${path} does not exist.`);
    const stats = statSync(folder, { throwIfNoEntry: false });
    if (!stats) return;
    if ((stats.mode & WRITABLE_BY_OTHERS) !== 0 && (stats.mode & STICKY) === 0) {
      examination.found('SQLITE_FOLDER_OPEN', `${folder} has the mode ${modeText(stats)}.`);
    }
  });
  if (existsSync(folder)) {
    await examination.check('the file system of the database', () => checkFileSystem(examination, folder, probes));
    await examination.check('writes to the folder of the database', () => checkFlushes(examination, folder, probes));
  }
  await examination.check('the permissions of the files', () => checkPermissions(examination, path));
  await examination.check('the write-ahead log', () => checkLog(examination, config));
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

async function checkFileSystem(examination: Examination, folder: string, probes: Probes): Promise<void> {
  const { type, free_bytes } = await probes.fileSystem(folder);
  const network = NETWORK_FILE_SYSTEMS.get(type);
  if (network !== undefined) {
    examination.found('SQLITE_NETWORK_FILE_SYSTEM', `${folder} is on a network file system (${network}).`);
  }
  if (type === TMPFS || type === RAMFS) {
    const name = type === TMPFS ? 'tmpfs' : 'ramfs';
    examination.found('SQLITE_MEMORY_FILE_SYSTEM', `${folder} is on a file system in memory (${name}).`);
  }
  if (type === OVERLAYFS) {
    examination.found('SQLITE_CONTAINER_LAYER', `${folder} is in the layer of a container (overlayfs).`);
  }
  if (free_bytes < FREE_BYTES_MIN) {
    const room = `${bytesText(free_bytes)} free; less than ${bytesText(FREE_BYTES_MIN)} is low`;
    examination.found('DISK_SPACE_LOW', `The disk of ${folder} has ${room}.`);
  }
}

function checkFlushes(examination: Examination, folder: string, probes: Probes): void {
  let times: readonly number[];
  try {
    times = probes.flushTimes(folder, FLUSHES).toSorted((a, b) => a - b);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC') throw new CannotCheck('The disk is full (ENOSPC).');
    examination.found('SQLITE_FOLDER_NOT_WRITABLE', `No file can be created in ${folder} (${code}).`);
    return;
  }
  const median = times[Math.floor(times.length / 2)] ?? 0;
  if (median <= FLUSH_MS_MAX) return;
  const found = `A flush to the disk of ${folder} takes ${Math.round(median)} ms`;
  examination.found('SQLITE_FSYNC_SLOW', `${found} (median of ${times.length}); ${FLUSH_MS_MAX} ms are too much.`);
}

function checkPermissions(examination: Examination, path: string): void {
  const user = process.getuid?.();
  if (user === undefined) throw new CannotCheck('This system has no permissions of files.');
  for (const file of SUFFIXES.map((suffix) => path + suffix)) {
    const stats = statSync(file, { throwIfNoEntry: false });
    if (!stats) continue;
    if ((stats.mode & OF_OTHERS) !== 0) {
      examination.found('SQLITE_FILE_READABLE', `${file} has the mode ${modeText(stats)}.`);
    }
    if (!isTrusted(stats.uid, user, statSync(dirname(file)).uid)) {
      const found = `${file} belongs to the user with uid ${stats.uid}`;
      examination.found(
        'SQLITE_FILE_OF_ANOTHER_USER',
        `${found}, who is not root, not the user of this command (uid ${user}), and does not own the folder.`,
      );
    }
  }
}

function checkLog(examination: Examination, { path, wal_bytes_max }: SqliteStoreConfig): void {
  try {
    assertNotLost(path);
  } catch (error) {
    if (!(error instanceof SessionsError)) throw error;
    examination.found('SQLITE_LOG_ORPHANED', error.message);
  }
  const bytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  // A checkpoint that waits for a long read lets the log grow past its usual size.
  const max = 2 * wal_bytes_max;
  if (bytes <= max) return;
  examination.found(
    'SQLITE_LOG_LARGE',
    `${path}-wal has ${bytesText(bytes)}; the service keeps it below ${bytesText(max)}.`,
  );
}

function modeText({ mode }: Stats): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}
