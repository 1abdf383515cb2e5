import { setTimeout as delay } from 'node:timers/promises';
import { SessionsError } from '../domain/errors.ts';
import type { Session } from '../domain/session.ts';
import type { SessionStore } from '../domain/store.ts';
import type { Clock } from '../domain/time/clock.ts';
import { InFlight } from './in-flight.ts';
import { sentence } from './output.ts';
import { type ImportRecord, UnreadableRecord } from './records.ts';

/** As many as SQLite puts into one commit. */
const INSERTS_MAX = 512;
/** Of the file, held by the inserts under way. */
const BYTES_MAX = 33_554_432;

/** An insert that the store does not answer is tried again so often, 32 seconds in all: long enough for a failover. */
const RETRIES_MAX = 7;
/** Before the first retry; each further one waits twice as long. */
const RETRY_MS = 250;

/** Sessions between two reports. */
const PROGRESS_EVERY = 10_000;
/** How many names of members are told. */
const LEFT_OUT_MAX = 20;

export interface ImportOptions {
  readonly clock: Clock;
  /** Ends the import: what is under way is finished, nothing else is begun. */
  readonly signal: AbortSignal;
  readonly progress?: (counts: ImportCounts) => void;
  readonly retry_ms?: number;
}

interface ImportCounts {
  readonly imported: number;
  /** Of ids that the store had; they were left as they are. */
  readonly there_already: number;
}

export interface Imported extends ImportCounts {
  /** Names of members that sessions do not have, some of them. */
  readonly left_out: readonly string[];
  /** Null when all were read. Everything before `number` is in the store. */
  readonly stopped: { readonly number: number; readonly problem: string } | null;
}

/**
 * Inserts sessions into a store as they are: ended ones stay ended, and no limit of a user's sessions is applied. It
 * stops at the first record that is none, and at the first session that the store does not take, once what is under way
 * is finished.
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

type InsertOptions = Required<Pick<ImportOptions, 'clock' | 'signal' | 'retry_ms'>>;

/** Where an answer was lost, the next try finds the session there. */
async function insert(
  store: SessionStore,
  session: Session,
  { clock, signal, retry_ms }: InsertOptions,
): Promise<keyof ImportCounts> {
  for (let retries = 0; ; retries += 1) {
    try {
      await store.insert(session, null, clock.now());
      return 'imported';
    } catch (error) {
      const code = error instanceof SessionsError ? error.code : null;
      if (code === 'ID_TAKEN') return 'there_already';
      if (code !== 'STORE_UNAVAILABLE' || retries === RETRIES_MAX || signal.aborted) throw error;
      await delay(retry_ms * 2 ** retries, undefined, { signal }).catch(() => {
        throw error;
      });
    }
  }
}
