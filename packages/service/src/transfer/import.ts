import type { SessionStore } from '../domain/store.ts';
import type { Clock } from '../domain/time/clock.ts';
import { InFlight } from './in-flight.ts';
import { insert, RETRY_MS } from './insert.ts';
import { sentence } from './output.ts';
import { type ImportRecord, UnreadableRecord } from './records.ts';

/** Maximum number of concurrent inserts: SQLite puts that many into one commit. */
export const INSERTS_MAX = 512;
/** Maximum bytes of the file that concurrent inserts keep in memory. */
export const BYTES_MAX = 33_554_432;

/** Number of sessions between two progress reports. */
const PROGRESS_EVERY = 500;
/** Maximum number of unknown properties that are reported. */
const LEFT_OUT_MAX = 20;

export interface ImportOptions {
  readonly clock: Clock;
  /** Stops the import: pending inserts finish, and no new insert starts. */
  readonly signal: AbortSignal;
  readonly progress?: (counts: ImportCounts) => void;
  readonly retry_ms?: number;
}

interface ImportCounts {
  readonly imported: number;
  /** The number of sessions that were skipped because the store has their ids. */
  readonly there_already: number;
}

export interface Imported extends ImportCounts {
  /** Names of properties that sessions do not have, at most 20. */
  readonly left_out: readonly string[];
  /** Null if the whole file was read. All records before `number` are in the store. */
  readonly stopped: { readonly number: number; readonly problem: string } | null;
}

/**
 * Inserts sessions into a store unchanged: ended sessions stay ended, and the limit of sessions per user does not
 * apply. Stops at the first invalid record, and at the first session that the store rejects. Pending inserts finish
 * first.
 */
export async function importSessions(
  store: SessionStore,
  records: AsyncIterable<ImportRecord>,
  { clock, signal, progress, retry_ms = RETRY_MS }: ImportOptions,
): Promise<Imported> {
  const counts = { imported: 0, there_already: 0 };
  const left_out = new Set<string>();
  const inFlight = new InFlight(INSERTS_MAX, BYTES_MAX);
  let stopped: Imported['stopped'] = null;
  const stop = (number: number, problem: string) => {
    if (stopped === null || number < stopped.number) stopped = { number, problem };
  };

  let next = 1;
  try {
    for await (const { number, place, session, bytes, left_out: names } of records) {
      next = number;
      if (signal.aborted) throw signal.reason;
      for (const name of names) if (left_out.size < LEFT_OUT_MAX) left_out.add(name);
      await inFlight.add(bytes, async () => {
        try {
          counts[await insert(store, session, { clock, signal, retry_ms })] += 1;
        } catch (error) {
          stop(number, `${place} was not imported: ${sentence(error)}`);
        }
      });
      if (stopped !== null) break;
      next = number + 1;
      if (number % PROGRESS_EVERY === 0) progress?.(counts);
    }
  } catch (error) {
    if (signal.aborted) stop(next, 'Interrupted.');
    else stop(error instanceof UnreadableRecord ? error.number : next, sentence(error));
  }
  await inFlight.settled();
  return { ...counts, left_out: [...left_out], stopped };
}
