import { API } from './service.ts';

/** A change of a session, as `GET /v2/changes` publishes it. */
export type Change =
  | { readonly id: string; readonly revision: number; readonly close_reason: string | null }
  | { readonly id: string; readonly removed: true };

export type FeedState =
  | { readonly name: 'connecting' | 'reconnecting' | 'paused' | 'signed_out' }
  | { readonly name: 'live'; readonly lag_s: number };

/** The event of a listener: changes in the order of their arrival, or a gap, after which any session may have changed. */
export type FeedEvent = { readonly kind: 'changes'; readonly changes: readonly Change[] } | { readonly kind: 'gap' };

/** The part of `EventSource` that the stream uses. */
export interface EventStream {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void;
  close(): void;
}

export interface ChangeStreamOptions {
  readonly connect: () => EventStream;
  /** Milliseconds of a clock that only counts forward. */
  readonly now: () => number;
  readonly setTimer: (callback: () => void, delay_ms: number) => unknown;
  readonly clearTimer: (timer: unknown) => void;
}

/** A lag below this is not shown: a heartbeat arrives every second. */
export const LAG_S_MIN = 2.5;
const CLOSED = 2;
const RETRY_MS = 5_000;
/** Changes are handed on in batches, so that a busy service does not keep the page busy: at most one in this time. */
const BATCH_MS = 250;
/** After a quiet time a change waits so long only, for others that belong to it. */
const GATHER_MS = 10;
/** Maximum number of changes in a batch. After more, the listeners get a gap. */
const BATCH_MAX = 5_000;
const CHECK_MS = 1_000;

/** Follows the changes of all sessions, and knows how far it is behind. */
export class ChangeStream {
  readonly #options: ChangeStreamOptions;
  readonly #listeners = new Set<(event: FeedEvent) => void>();
  readonly #stateListeners = new Set<() => void>();
  #stream: EventStream | null = null;
  #state: FeedState = { name: 'connecting' };
  /** The time of the service's clock at `#hello_at` of the own clock. */
  #hello = 0;
  #hello_at = 0;
  #watermark = 0;
  #batch: Change[] = [];
  #batchTimer: unknown = null;
  #flushed_at = Number.NEGATIVE_INFINITY;
  #timer: unknown = null;
  #hasConnected = false;

  constructor(options: ChangeStreamOptions) {
    this.#options = options;
  }

  get state(): FeedState {
    return this.#state;
  }

  /** Starts to follow. A stream that was paused begins with a gap. */
  start(): void {
    if (this.#stream) return;
    this.#set({ name: this.#hasConnected ? 'reconnecting' : 'connecting' });
    const stream = this.#options.connect();
    this.#stream = stream;
    const on = (type: string, listener: (data: unknown) => void) =>
      stream.addEventListener(type, ({ data }) => {
        if (this.#stream === stream) listener(typeof data === 'string' ? JSON.parse(data) : null);
      });
    on('hello', (data) => this.#greet((data as { time: number }).time));
    on('heartbeat', (data) => this.#beat((data as { time: number }).time));
    on('change', (data) => this.#add(data as Change));
    on('gap', () => this.#gap());
    on('error', () => this.#fail());
  }

  /** Stops for a while, as for a hidden tab: a browser has few connections for each service. */
  pause(): void {
    this.#close();
    this.#set({ name: 'paused' });
  }

  /** Stops after the sign-out. */
  signOut(): void {
    this.#close();
    this.#set({ name: 'signed_out' });
  }

  listen(listener: (event: FeedEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  };

  #greet(time: number): void {
    this.#hello = time;
    this.#hello_at = this.#options.now();
    this.#watermark = time;
    this.#hasConnected = true;
    this.#check();
  }

  #beat(time: number): void {
    this.#watermark = Math.max(this.#watermark, time);
    this.#check();
  }

  /** The lag grows without an event, so it is computed again every second. */
  #check(): void {
    this.#options.clearTimer(this.#timer);
    this.#timer = this.#options.setTimer(() => this.#check(), CHECK_MS);
    const lag_s = (this.#options.now() - this.#hello_at - (this.#watermark - this.#hello)) / 1_000;
    this.#set({ name: 'live', lag_s: lag_s < LAG_S_MIN ? 0 : Math.round(lag_s) });
  }

  #fail(): void {
    const isClosed = this.#stream?.readyState === CLOSED;
    this.#options.clearTimer(this.#timer);
    this.#set({ name: 'reconnecting' });
    if (!isClosed) return;
    // The browser does not try again after an error response.
    this.#close();
    this.#timer = this.#options.setTimer(() => this.start(), RETRY_MS);
  }

  #add(change: Change): void {
    if (this.#batch.length >= BATCH_MAX) {
      this.#gap();
      return;
    }
    this.#batch.push(change);
    const delay_ms = Math.max(GATHER_MS, this.#flushed_at + BATCH_MS - this.#options.now());
    this.#batchTimer ??= this.#options.setTimer(() => this.#flush(), delay_ms);
  }

  #flush(): void {
    const changes = this.#batch;
    this.#dropBatch();
    this.#flushed_at = this.#options.now();
    if (changes.length > 0) this.#emit({ kind: 'changes', changes });
  }

  #gap(): void {
    this.#dropBatch();
    this.#emit({ kind: 'gap' });
  }

  #dropBatch(): void {
    this.#options.clearTimer(this.#batchTimer);
    this.#batchTimer = null;
    this.#batch = [];
  }

  #emit(event: FeedEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #close(): void {
    this.#stream?.close();
    this.#stream = null;
    this.#options.clearTimer(this.#timer);
    this.#dropBatch();
  }

  #set(state: FeedState): void {
    const isSame =
      state.name === this.#state.name &&
      (state.name !== 'live' || (this.#state.name === 'live' && state.lag_s === this.#state.lag_s));
    if (isSame) return;
    this.#state = state;
    for (const listener of this.#stateListeners) listener();
  }
}

/** The stream of this page. */
export const changeStream = new ChangeStream({
  connect: () => new EventSource(`${API}v2/changes`),
  now: () => performance.now(),
  setTimer: (callback, delay_ms) => setTimeout(callback, delay_ms),
  clearTimer: (timer) => clearTimeout(timer as number | undefined),
});
