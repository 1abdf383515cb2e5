import { ROUTES_V2 } from '@pip-sessions/contract/routes';
import type { TransportSettings } from '../transport/options.ts';
import { ChangeEvents, type ChangeListener } from './change-events.ts';

export interface ChangeStreamListener extends ChangeListener {
  /** Why the stream broke; it is opened again by itself. */
  readonly failed: (error: Error) => void;
}

/** The service says something every second; a connection that is silent for so long is given up. */
const SILENCE_MS_MAX = 5_000;
/** A service that takes longer to begin leaves too little of the time in which what it tells is fresh. */
const ANSWERED_MS_MAX = 1_000;
/** Two clocks drift apart, by half a second in a thousand at the worst: the stream is opened anew before it matters. */
const RENEWED_AFTER_MS = 600_000;
/** A stream whose heartbeats come too old is opened anew sooner, since the service's clock may have stood still. */
const RENEWED_IF_OLD_AFTER_MS = 60_000;
/** Openings are left out: nothing was kept of a session before it was there. */
const KINDS = { 'sessions-change-kinds': 'changed, ended, removed' };
const BACKOFF_MS = 100;
const BACKOFF_MS_MAX = 2_000;

/** Follows `GET /v2/changes`, and opens it again when it breaks, where it broke. */
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

  /** Until when nothing can have happened that was not told. */
  get freshUntil(): number {
    return this.#fresh_until;
  }

  /** Resolves after `stop`. */
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

  /** Until the stream breaks; answers why. Null when it has only become old. */
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
        throw new Error(`the service answered ${response.status}`);
      }
      if (this.#now() - asked > ANSWERED_MS_MAX) {
        await response.body.cancel();
        throw new Error(`the service took longer than ${ANSWERED_MS_MAX} ms to answer`);
      }
      const events = new ChangeEvents(this.#listener, this.#now, asked);
      // Not `for await`: not every browser can iterate over a body.
      const body = response.body.getReader();
      let heard = asked;
      for (let read = await body.read(); !read.done; read = await body.read()) {
        clearTimeout(timer);
        timer = setTimeout(giveUp, SILENCE_MS_MAX);
        const now = this.#now();
        // The timer stands still with the process or the machine.
        if (now - heard > SILENCE_MS_MAX) throw silent();
        heard = now;
        const fresh_until = this.#take(events, read.value);
        const isOld = fresh_until !== null && fresh_until <= now;
        if (now - asked > (isOld ? RENEWED_IF_OLD_AFTER_MS : RENEWED_AFTER_MS)) return null;
      }
      throw new Error('the service has ended the stream');
    } catch (error) {
      return silence.signal.aborted ? silence.signal.reason : toError(error);
    } finally {
      clearTimeout(timer);
      silence.abort();
    }
  }

  /** Answers until when what is known is fresh by the last heartbeat in it; null without one. */
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
      // Where to go on is not known after what cannot be read, nor how old anything is once a clock stood still.
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
  return new Error(`the service has said nothing for ${SILENCE_MS_MAX} ms`);
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
