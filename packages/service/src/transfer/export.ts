import type { ScanKey, SessionStore } from '../domain/store.ts';
import type { Clock } from '../domain/time/clock.ts';
import { HEADER } from './header.ts';
import { storedSessionText } from './session-json.ts';

/** Sessions that are in memory at a time. */
const PAGE_SIZE = 128;

export interface ExportedPage {
  /** Whole lines. */
  readonly text: string;
  readonly count: number;
  /** Where to go on; null after the last page. */
  readonly next: ScanKey | null;
}

/**
 * All sessions as they are stored, the newest `open_time` first: each that is there all along exactly once, those that
 * are opened or deleted meanwhile perhaps. From the beginning with the header, from a place on without.
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
    // At once, so that a remote store can read them in one round trip.
    const found = await Promise.all(sessions.map(({ id }) => store.find(id)));
    const texts = found.flatMap((session) => (session ? [`${storedSessionText(session)}\n`] : []));
    yield { text: header + texts.join(''), count: texts.length, next };
    header = '';
    from = next;
  } while (from !== null);
}
