import type { SessionUpdate } from '../../../domain/session-update.ts';
import type { Write } from './writes.ts';

/** Pages of 4 KiB that the writes of one commit share, in the table and its indexes. */
const PAGES_A_COMMIT = 4;
/**
 * Pages that a write does not share with others: 3.3 to 3.7 for one of 24 inserts, with 50,000 and with 500,000
 * sessions.
 */
const PAGES_A_WRITE = 4;
/**
 * Sweeps and bulk closes change sessions all over the file, and moving their pages takes longer than moving the shared
 * pages of new sessions. So their pages count sixteenfold. With a million sessions, opens waited 150 ms while 128 MiB
 * were moved, and wait 27 ms with 8 MiB.
 */
const PAGES_OF_SPREAD_WRITE = 64;
const PAGE_BYTES = 4096;

/** The approximate growth of the write-ahead log by a commit, weighted by the time to move it into the file. */
export function bytesOfCommit(writes: readonly Write[]): number {
  let bytes = PAGES_A_COMMIT * PAGE_BYTES;
  for (const write of writes) bytes += bytesInLog(write);
  return bytes;
}

function bytesInLog(write: Write): number {
  switch (write.type) {
    case 'insert':
      return PAGES_A_WRITE * PAGE_BYTES + write.row.reduce((bytes: number, value) => bytes + lengthOf(value), 0);
    case 'update':
      return PAGES_A_WRITE * PAGE_BYTES + lengthOfUpdate(write.update);
    case 'remove':
      return PAGES_A_WRITE * PAGE_BYTES;
    case 'close':
      return (
        PAGES_OF_SPREAD_WRITE * PAGE_BYTES * (write.request.dry_run ? 0 : (write.ids?.length ?? write.request.limit))
      );
    case 'expire':
    case 'purge':
    case 'remove of user':
      return PAGES_OF_SPREAD_WRITE * PAGE_BYTES * write.limit;
  }
}

function lengthOfUpdate(update: SessionUpdate): number {
  switch (update.type) {
    case 'replace':
      return lengthOf(update.value);
    case 'patch':
      return update.bytes_max;
    case 'expire':
    case 'amend':
    case 'close':
    case 'touch':
    case 'rotate':
      return 0;
  }
}

function lengthOf(value: string | number | null): number {
  return typeof value === 'string' ? value.length : 0;
}
