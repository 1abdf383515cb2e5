import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { basename } from 'node:path';

/**
 * Lets the other threads of the process run first when all cores are busy. Linux has a priority for each thread, by its number;
 * elsewhere nothing changes.
 */
export function lowerPriorityOfThread(): void {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), constants.priority.PRIORITY_LOW);
  } catch {
    // The system has no such file, or forbids it: the reads take their turn with the others.
  }
}
