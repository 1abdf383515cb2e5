import type { ScanKey, SessionStore } from '../domain/store.ts';
import type { Clock } from '../domain/time/clock.ts';
import { HEADER } from './header.ts';
import { storedSessionText } from './session-json.ts';

/** Number of sessions that are in memory at a time. */
const PAGE_SIZE = 128;

export interface ExportedPage {
  /** Complete lines. */
  readonly text: string;
  readonly count: number;
  /** The key of the next page; null after the last page. */
  readonly next: ScanKey | null;
}

/**
 * Yields all sessions as they are stored, latest `open_time` first. Each session that exists the whole time is exported
 * exactly once; a session that is opened or deleted meanwhile may be missing. Without `after`, the header comes first.
 */
export async function* exportedPages(
  store: SessionStore,
  clock: Clock,
  after: ScanKey | null,
): AsyncGenerator<ExportedPage> {
  let header = after === null ? `${HEADER}\n` : '';
  let from = after;
  do {
    const { sessions, next } = await store.scan({}, from, PAGE_SIZE, clock.now());
    // In parallel, so that a remote store can read them in one round trip.
    const found = await Promise.all(sessions.map(({ id }) => store.find(id)));
    const texts = found.flatMap((session) => (session ? [`${storedSessionText(session)}\n`] : []));
    yield { text: header + texts.join(''), count: texts.length, next };
    header = '';
    from = next;
  } while (from !== null);
}
