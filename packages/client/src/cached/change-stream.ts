import { ROUTES_V2 } from '@pip-sessions/contract/routes';
import type { TransportSettings } from '../transport/options.ts';
import { ChangeEvents, type ChangeListener } from './change-events.ts';

export interface ChangeStreamListener extends ChangeListener {
  /** Called with the reason when the stream breaks. It is then opened again. */
  readonly failed: (error: Error) => void;
}

/** The service sends an event every second. A connection without one for this time, in milliseconds, is closed. */
const SILENCE_MS_MAX = 5_000;
/**
 * A response that takes longer than this, in milliseconds, leaves too little of the time during which events are fresh.
 */
const RESPONSE_MS_MAX = 1_000;
/**
 * Two clocks drift apart by at most half a second per 1000 seconds. The stream is opened anew, after this time in
 * milliseconds, before the drift matters.
 */
const RENEWED_AFTER_MS = 600_000;
/** A stream with heartbeats that are too old is opened anew sooner: the service's clock may have stood still. */
const RENEWED_IF_OLD_AFTER_MS = 60_000;
/** Without opened sessions: a cache has no entry of a session before it was opened. */
const KINDS = { 'sessions-change-kinds': 'changed, ended, removed' };
const BACKOFF_MS = 100;
const BACKOFF_MS_MAX = 2_000;

/** Follows `GET /v2/changes`. When the stream breaks, it is opened again at the last event. */
export class ChangeStream {
  readonly #settings: TransportSettings;
  readonly #listener: ChangeStreamListener;
  readonly #now: () => number;
  readonly #stopped = new AbortController();
  #last_id: string | null = null;
  #fresh_until = Number.NEGATIVE_INFINITY;

  /** `now` is a clock of elapsed time. */
  constructor(settings: TransportSettings, listener: ChangeStreamListener, now: () => number) {
    this.#settings = settings;
    this.#listener = listener;
    this.#now = now;
  }

  /** The moment until which the cache may serve: no change before the watermark behind it is unpublished. */
  get freshUntil(): number {
    return this.#fresh_until;
  }

  /** Follows the stream until `stop` is called, then resolves. */
  async run(): Promise<void> {
    const { signal } = this.#stopped;
    for (let failures = 0; !signal.aborted; failures += 1) {
      const fresh_until = this.#fresh_until;
      const error = await this.#follow();
      if (signal.aborted) return;
      if (error === null) {
        failures = -1;
        continue;
      }
      this.#listener.failed(error);
      if (this.#fresh_until !== fresh_until) failures = 0;
      const wait_ms = Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** Math.min(failures, 16));
      await this.#settings.sleep(wait_ms * (0.5 + this.#settings.random() / 2), signal);
    }
  }

  stop(): void {
    this.#stopped.abort();
    this.#fresh_until = Number.NEGATIVE_INFINITY;
  }

  /** Follows one connection until it breaks. Returns the error; null if the connection was only too old. */
  async #follow(): Promise<Error | null> {
    const silence = new AbortController();
    const signal = AbortSignal.any([this.#stopped.signal, silence.signal]);
    const giveUp = () => silence.abort(silent());
    let timer = setTimeout(giveUp, SILENCE_MS_MAX);
    try {
      const asked = this.#now();
      const response = await this.#settings.fetch(
        this.#settings.base + ROUTES_V2.followChanges.path,
        this.#request(signal),
      );
      if (!response.ok || !response.body) {
        await response.body?.cancel();
        throw new Error(`the service responded with status ${response.status}`);
      }
      if (this.#now() - asked > RESPONSE_MS_MAX) {
        await response.body.cancel();
        throw new Error(`the service took longer than ${RESPONSE_MS_MAX} ms to respond`);
      }
      const events = new ChangeEvents(this.#listener, this.#now, asked);
      // Not `for await`: some browsers cannot iterate over a body.
      const body = response.body.getReader();
      let heard = asked;
      for (let read = await body.read(); !read.done; read = await body.read()) {
        clearTimeout(timer);
        timer = setTimeout(giveUp, SILENCE_MS_MAX);
        const now = this.#now();
        // The timer also stands still while the process or the machine does.
        if (now - heard > SILENCE_MS_MAX) throw silent();
        heard = now;
        const fresh_until = this.#take(events, read.value);
        const isOld = fresh_until !== null && fresh_until <= now;
        if (now - asked > (isOld ? RENEWED_IF_OLD_AFTER_MS : RENEWED_AFTER_MS)) return null;
      }
      throw new Error('the service closed the stream');
    } catch (error) {
      return silence.signal.aborted ? silence.signal.reason : toError(error);
    } finally {
      clearTimeout(timer);
      silence.abort();
    }
  }

  /** Passes the events on. Returns the end of freshness by the last heartbeat in `chunk`; null if there is none. */
  #take(events: ChangeEvents, chunk: Uint8Array): number | null {
    let last: number | null = null;
    try {
      for (const { event, fresh_until } of events.take(chunk)) {
        if (event.id !== null) this.#last_id = event.id;
        if (fresh_until === null) continue;
        this.#fresh_until = Math.max(this.#fresh_until, fresh_until);
        last = fresh_until;
      }
    } catch (error) {
      // After unreadable text the last event is unknown. After a clock stood still the age of every entry is unknown.
      this.#last_id = null;
      this.#fresh_until = Number.NEGATIVE_INFINITY;
      throw error;
    }
    return last;
  }

  #request(signal: AbortSignal): RequestInit {
    const resume = this.#last_id !== null && { 'last-event-id': this.#last_id };
    const headers = { ...this.#settings.headers, accept: 'text/event-stream', ...KINDS, ...resume };
    return { headers, signal, redirect: 'manual' };
  }
}

function silent(): Error {
  return new Error(`the service has sent no event for ${SILENCE_MS_MAX} ms`);
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
