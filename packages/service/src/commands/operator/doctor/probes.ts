import { closeSync, constants, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { monotonicTime } from '../../../domain/time/clock.ts';

/** The file system of a folder. */
export interface FileSystem {
  /** The number of its type, as statfs(2) has it. */
  readonly type: number;
  readonly free_bytes: number;
}

/** The facts about this machine that the doctor reads. Tests replace it by faults that they cannot cause. */
export interface Probes {
  readonly fileSystem: (folder: string) => Promise<FileSystem>;
  /**
   * Creates a file in a new folder of its own in `folder`, writes a little and flushes it, `times` times. Returns how
   * long each flush took, in milliseconds. Removes the new folder. Throws the errors of the system.
   */
  readonly flushTimes: (folder: string, times: number) => readonly number[];
  /** Whether this process may write to a file or a folder. */
  readonly isWritable: (path: string) => Promise<boolean>;
  /** How many files a process may have open; null if the system does not say. */
  readonly openFilesMax: () => number | null;
  /** The version of Node, without `v`. */
  readonly nodeVersion: string;
}

const FLUSHED_BYTES = 4_096;

/** The system of this machine. */
export const SYSTEM_PROBES: Probes = {
  fileSystem: async (folder) => {
    const { type, bavail, bsize } = await statfs(folder);
    return { type, free_bytes: bavail * bsize };
  },
  flushTimes: (folder, times) => {
    const own = mkdtempSync(join(folder, '.pip-sessions-doctor-'));
    try {
      return timesOf(join(own, 'probe'), times);
    } finally {
      rmSync(own, { recursive: true });
    }
  },
  isWritable: (path) =>
    access(path, constants.W_OK).then(
      () => true,
      () => false,
    ),
  openFilesMax: () => {
    try {
      const [, max] = /^Max open files +(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
      return max === undefined || max === 'unlimited' ? null : Number(max);
    } catch {
      return null;
    }
  },
  nodeVersion: process.versions.node,
};

function timesOf(path: string, times: number): readonly number[] {
  const file = openSync(path, 'wx', 0o600);
  try {
    return Array.from({ length: times }, () => {
      writeSync(file, Buffer.alloc(FLUSHED_BYTES));
      const began = monotonicTime();
      fsyncSync(file);
      return monotonicTime() - began;
    });
  } finally {
    closeSync(file);
  }
}
