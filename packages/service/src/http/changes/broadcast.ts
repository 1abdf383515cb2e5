import type { ServerResponse } from 'node:http';
import { ALL_KINDS } from '../../api/v2/change-kinds.ts';
import { monotonicTime } from '../../domain/time/clock.ts';
import type { ChangeLog } from './change-log.ts';

/** Listeners that are written to before other work of the event loop has its turn: about 1 ms. */
const VISITS_PER_TURN = 64;
/** Events that a listener gets at once. Listeners at the same place of the log share their bytes while they wait in memory. */
const EVENTS_PER_VISIT = 1_024;
/** After a round, the next one waits as long as the round kept the event loop busy, and no longer than this. */
const PAUSE_MS_MAX = 5;
/** When a listener is looked at again that had not read all yet. */
const RETRY_MS = 50;

export interface Listener {
  readonly response: ServerResponse;
  readonly address: string;
  /** The kinds of events that it wants, as bits. */
  readonly kinds: number;
  /** The number of the next event for it. */
  next: number;
  /** The last heartbeat that it was given. */
  watermark: number;
}

/** What a listener at one place of the log is given; most are at the same one, and share it. */
interface Batch {
  readonly from: number;
  readonly end: number;
  readonly bytes: Buffer;
}

/**
 * Writes the events of a log to many listeners, in rounds. A write costs about 10 µs of the event loop: a round
 * lets other work go on in between, and while it is under way more events gather for the next one. A listener that has not
 * read all yet is passed over; it is given up when the log has forgotten where it was.
 */
export class Broadcast {
  readonly #log: ChangeLog;
  readonly #giveUp: (listener: Listener) => void;
  readonly #listeners = new Set<Listener>();
  #watermark = Number.NEGATIVE_INFINITY;
  #round: Iterator<Listener> | null = null;
  #busy_ms = 0;
  #hasNews = false;
  #isBehind = false;
  #isPlanned = false;
  /** By their kinds: 15 at most. */
  readonly #batches = new Map<number, Batch>();

  constructor(log: ChangeLog, giveUp: (listener: Listener) => void) {
    this.#log = log;
    this.#giveUp = giveUp;
  }

  get listeners(): Iterable<Listener> {
    return this.#listeners;
  }

  add(listener: Listener): void {
    this.#listeners.add(listener);
    if (listener.next < this.#log.end || listener.watermark < this.#watermark) this.publish();
  }

  delete(listener: Listener): void {
    this.#listeners.delete(listener);
  }

  /** Everything up to this moment is in the log. */
  beat(watermark: number): void {
    if (watermark <= this.#watermark) return;
    this.#watermark = watermark;
    this.publish();
  }

  /** The log has something new. */
  publish(): void {
    this.#hasNews = true;
    if (!this.#isPlanned && this.#round === null) this.#plan(0);
  }

  #plan(delay_ms: number): void {
    this.#isPlanned = true;
    if (delay_ms < 1) setImmediate(() => this.#run());
    else setTimeout(() => this.#run(), delay_ms).unref();
  }

  #run(): void {
    this.#isPlanned = false;
    const start = monotonicTime();
    if (this.#round === null) this.#beginRound();
    const isOver = this.#visitSome();
    this.#busy_ms += monotonicTime() - start;
    if (!isOver) {
      this.#plan(0);
      return;
    }
    this.#round = null;
    if (this.#hasNews) this.#plan(Math.min(this.#busy_ms, PAUSE_MS_MAX));
    else if (this.#isBehind) this.#plan(RETRY_MS);
  }

  #beginRound(): void {
    this.#round = this.#listeners.values();
    this.#hasNews = false;
    this.#isBehind = false;
    this.#busy_ms = 0;
  }

  /** Whether the round is over. */
  #visitSome(): boolean {
    for (let visits = 0; visits < VISITS_PER_TURN; visits += 1) {
      const next = this.#round?.next();
      if (!next || next.done) return true;
      this.#visit(next.value);
    }
    return false;
  }

  #visit(listener: Listener): void {
    const { response, next, kinds } = listener;
    const { end } = this.#log;
    const hasBeat = listener.watermark < this.#watermark;
    if (next === end && !hasBeat) return;
    if (response.writableLength > 0) {
      this.#isBehind = true;
      if (this.#log.read(next, 0) === null) this.#giveUp(listener);
      return;
    }
    const batch = this.#batchFrom(next, kinds);
    if (batch === null) {
      this.#giveUp(listener);
      return;
    }
    if (batch.bytes.length > 0) write(response, batch.bytes);
    listener.next = batch.end;
    if (batch.end < end) this.#hasNews = true;
    else if (hasBeat) {
      // Who is told of some kinds only would fall behind in the log otherwise.
      const id = kinds === ALL_KINDS ? '' : `id: ${this.#log.idBefore(end)}\n`;
      write(response, heartbeat(this.#watermark, id));
      listener.watermark = this.#watermark;
    }
  }

  #batchFrom(from: number, kinds: number): Batch | null {
    const end = Math.min(this.#log.end, from + EVENTS_PER_VISIT);
    const known = this.#batches.get(kinds);
    if (known?.from === from && known.end === end) return known;
    const text = this.#log.read(from, end - from, kinds);
    if (text === null) return null;
    const batch = { from, end, bytes: Buffer.from(text) };
    this.#batches.set(kinds, batch);
    return batch;
  }
}

/** To the socket: the response would write in the next tick, when the time that it takes is not measured. */
function write({ socket }: ServerResponse, bytes: Buffer | string): void {
  socket?.write(bytes);
}

function heartbeat(watermark: number, id: string): string {
  return `${id}event: heartbeat\ndata: {"time":${watermark}}\n\n`;
}
