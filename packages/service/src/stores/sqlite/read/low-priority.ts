import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { basename } from 'node:path';

/**
 * Lets the other threads of the process run first when all cores are busy. Only Linux has a priority for each thread, by its
 * number; on other systems nothing changes.
 */
export function lowerPriorityOfThread(): void {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), constants.priority.PRIORITY_LOW);
  } catch {
    // The system has no such file, or does not allow it: the thread keeps its priority.
  }
}
