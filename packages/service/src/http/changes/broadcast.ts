import type { ServerResponse } from 'node:http';
import { ALL_KINDS } from '../../api/v2/change-kinds.ts';
import { Histogram } from '../../domain/figures/histogram.ts';
import { monotonicTime } from '../../domain/time/clock.ts';
import type { ChangeLog } from './change-log.ts';

/** Number of listeners that get events before other work of the event loop runs: about 1 ms. */
const VISITS_PER_TURN = 64;
/**
 * Maximum number of events in one write. Listeners at the same position of the log share the bytes while they wait in
 * memory.
 */
const EVENTS_PER_VISIT = 1_024;
/** After a round, the next one starts after a pause as long as the round took, but at most this long. */
const PAUSE_MS_MAX = 10;
/** The pause before a listener that has not read everything is checked again. */
const RETRY_MS = 50;

export interface Listener {
  readonly response: ServerResponse;
  readonly address: string;
  /** The name of the API key; null for none. */
  readonly key: string | null;
  /** The kinds of events that the listener selected, as bits. */
  readonly kinds: number;
  /** The number of the next event for the listener. */
  next: number;
  /** The watermark of the last heartbeat that the listener got. */
  watermark: number;
}

/** The events for listeners at one position of the log. Most listeners are at the same position and share them. */
interface Batch {
  readonly from: number;
  readonly end: number;
  readonly bytes: Buffer;
}

/**
 * Writes the events of a log to many listeners, in rounds. A write takes about 10 µs of the event loop. A round pauses
 * so that other work can run; new events are collected for the next round. A listener that has not read everything is
 * skipped. It is disconnected when the log no longer has its next event.
 */
export class Broadcast {
  readonly #log: ChangeLog;
  readonly #giveUp: (listener: Listener) => void;
  readonly #listeners = new Set<Listener>();
  #watermark = Number.NEGATIVE_INFINITY;
  #round: Iterator<Listener> | null = null;
  #busy_ms = 0;
  /**
   * Seconds from the commit of the oldest change of a round to the end of the round, when it is written to every listener
   * that has read all before.
   */
  readonly delivery_s = new Histogram([0.001, 0.005, 0.025, 0.1, 0.5, 1, 3]);
  /** When the oldest change that is not yet written was committed; null if there is none. */
  #changed_at: number | null = null;
  /** The same for the current round. */
  #round_changed_at: number | null = null;
  #hasNews = false;
  #isBehind = false;
  #isPlanned = false;
  /** The current batch for each set of kinds; at most 15. */
  readonly #batches = new Map<number, Batch>();

  constructor(log: ChangeLog, giveUp: (listener: Listener) => void) {
    this.#log = log;
    this.#giveUp = giveUp;
  }

  /** The number of listeners. */
  get size(): number {
    return this.#listeners.size;
  }

  get listeners(): Iterable<Listener> {
    return this.#listeners;
  }

  add(listener: Listener): void {
    this.#listeners.add(listener);
    if (listener.next < this.#log.end || listener.watermark < this.#watermark) this.#wake();
  }

  delete(listener: Listener): void {
    this.#listeners.delete(listener);
  }

  /** Publishes a watermark: all changes before it are in the log. */
  beat(watermark: number): void {
    if (watermark <= this.#watermark) return;
    this.#watermark = watermark;
    this.#wake();
  }

  /** Must be called for each new event of the log, with the time since its change was committed. */
  publish(age_ms: number): void {
    this.#changed_at = Math.min(this.#changed_at ?? Number.POSITIVE_INFINITY, monotonicTime() - age_ms);
    this.#wake();
  }

  #wake(): void {
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
    if (this.#round_changed_at !== null) this.delivery_s.observe((monotonicTime() - this.#round_changed_at) / 1000);
    if (this.#hasNews) this.#plan(Math.min(this.#busy_ms, PAUSE_MS_MAX));
    else if (this.#isBehind) this.#plan(RETRY_MS);
  }

  #beginRound(): void {
    this.#round = this.#listeners.values();
    this.#round_changed_at = this.#listeners.size > 0 ? this.#changed_at : null;
    this.#changed_at = null;
    this.#hasNews = false;
    this.#isBehind = false;
    this.#busy_ms = 0;
  }

  /** Returns whether the round is over. */
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
      // A listener of some kinds only needs an id here: without events, its position in the log would become too old.
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

/** Writes to the socket: the response would write in the next tick, when its duration is not measured. */
function write({ socket }: ServerResponse, bytes: Buffer | string): void {
  socket?.write(bytes);
}

function heartbeat(watermark: number, id: string): string {
  return `${id}event: heartbeat\ndata: {"time":${watermark}}\n\n`;
}
