import type { SessionSummary } from '../../domain/session.ts';
import type { Scan, ScanKey } from '../../domain/store.ts';

/** Makes a page of the sessions after its beginning, of which one more than `take` was read. `end` follows the last one. */
export function scanPage(read: readonly SessionSummary[], take: number, end: ScanKey | null = null): Scan {
  const sessions = read.slice(0, take);
  const last = sessions.at(-1);
  return { sessions, next: read.length > take && last ? { open_time: last.open_time, id: last.id } : end };
}
