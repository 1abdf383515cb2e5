import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ChangeListener } from '../../../domain/changes.ts';
import { monotonicTime } from '../../../domain/clock.ts';
import type { Logger } from '../../../observability/log.ts';
import { RequestError } from '../../error-map.ts';
import { ChangeLog } from './change-log.ts';

/** Who tells of changes: the use cases. */
export interface ChangeSource {
  watch(listener: ChangeListener): () => void;
  toldUntil(): number;
}

export interface ChangeFeedBounds {
  /** Listeners at once; more are refused. */
  readonly listeners_max: number;
  /** What may wait for a listener that reads slowly; it is cut off beyond, and hears of its gap when it comes back. */
  readonly waiting_bytes_max: number;
  readonly heartbeat_ms: number;
}

const BOUNDS: ChangeFeedBounds = { listeners_max: 5_000, waiting_bytes_max: 1_048_576, heartbeat_ms: 1_000 };

/** After how many seconds who was refused may ask again. */
const RETRY_AFTER_S = 5;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // nginx would gather the events otherwise.
  'x-accel-buffering': 'no',
};

/**
 * `GET /v2/changes`: every change of a session as a server-sent event, to many listeners.
 *
 * `hello` comes first, with the moment at which the request was taken. A heartbeat names the moment up to which every
 * change has been told; both are of the same clock, so that a listener knows how old what it hears can be. While the
 * store's own feed is in doubt that moment does not move, and there is no heartbeat.
 */
export class ChangeFeed {
  readonly #source: ChangeSource;
  readonly #log: Logger;
  readonly #bounds: ChangeFeedBounds;
  readonly #changes = new ChangeLog();
  readonly #listeners = new Set<ServerResponse>();
  /** Nothing is kept before somebody listens. */
  #stopListening: (() => void) | null = null;
  #waiting = '';
  #told_until = Number.NEGATIVE_INFINITY;

  constructor(source: ChangeSource, log: Logger, bounds: ChangeFeedBounds = BOUNDS) {
    this.#source = source;
    this.#log = log;
    this.#bounds = bounds;
  }

  /** Throws a `RequestError` when there are too many listeners. */
  serve(request: IncomingMessage, response: ServerResponse): void {
    const time = monotonicTime();
    if (this.#listeners.size >= this.#bounds.listeners_max) {
      const message = `${this.#bounds.listeners_max} listeners follow the changes, as many as may.`;
      throw new RequestError('TOO_MANY_REQUESTS', message, { 'retry-after': String(RETRY_AFTER_S) });
    }
    this.#stopListening ??= this.#listen();
    this.#flush();
    response.writeHead(200, HEADERS);
    response.write(`retry: ${this.#bounds.heartbeat_ms}\nevent: hello\ndata: {"time":${time}}\n\n`);
    const last = request.headers['last-event-id'];
    response.write((typeof last === 'string' ? this.#changes.after(last) : null) ?? this.#changes.gap());
    response.write(heartbeat(this.#source.toldUntil()));
    this.#listeners.add(response);
    response.once('close', () => this.#listeners.delete(response));
  }

  /** Ends every stream; listeners go on at another node, or here once this one is back. */
  close(): void {
    this.#stopListening?.();
    for (const response of this.#listeners) response.end();
  }

  #listen(): () => void {
    const unwatch = this.#source.watch((change) => {
      // All of one turn go out together.
      if (this.#waiting === '') setImmediate(() => this.#flush());
      this.#waiting += this.#changes.add(change);
    });
    const heart = setInterval(() => this.#beat(), this.#bounds.heartbeat_ms).unref();
    return () => {
      unwatch();
      clearInterval(heart);
    };
  }

  #beat(): void {
    const told_until = this.#source.toldUntil();
    if (told_until <= this.#told_until) return;
    this.#told_until = told_until;
    this.#flush();
    this.#tell(heartbeat(told_until));
  }

  #flush(): void {
    const events = this.#waiting;
    if (events === '') return;
    this.#waiting = '';
    this.#tell(events);
  }

  #tell(text: string): void {
    for (const response of this.#listeners) {
      response.write(text);
      if (response.writableLength <= this.#bounds.waiting_bytes_max) continue;
      this.#listeners.delete(response);
      response.destroy();
      this.#log.warn({ event: 'slow_listener', msg: 'a listener of changes reads too slowly, and was cut off' });
    }
  }
}

function heartbeat(told_until: number): string {
  return `event: heartbeat\ndata: {"time":${told_until}}\n\n`;
}
