import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ChangeListener } from '../../../domain/changes.ts';
import { monotonicTime } from '../../../domain/clock.ts';
import { clientName } from '../../clients/client-name.ts';
import { connectionOf } from '../../connections/connection.ts';
import { NO_SNIFFING } from '../../media-type.ts';
import { assertNoLargeBody } from '../../unread-body.ts';
import { ChangeLog } from './change-log.ts';
import { ListenerPlaces } from './listener-places.ts';

/** Who tells of changes: the use cases. */
export interface ChangeSource {
  watch(listener: ChangeListener): () => void;
  toldUntil(): number;
}

export interface ChangeFeedBounds {
  /** Listeners at once; more are refused. */
  readonly listeners_max: number;
  /** Of these with one API key, and of these from one client address. */
  readonly listeners_of_caller_max: number;
  /** What may wait for a listener that reads slowly; it is cut off beyond, and hears of its gap when it comes back. */
  readonly waiting_bytes_max: number;
  /** What may wait for all of them; beyond, the slowest are cut off. */
  readonly waiting_bytes_of_all_max: number;
  readonly heartbeat_ms: number;
}

export const LISTENERS_MAX = 5_000;

const BOUNDS: ChangeFeedBounds = {
  listeners_max: LISTENERS_MAX,
  listeners_of_caller_max: LISTENERS_MAX,
  waiting_bytes_max: 1_048_576,
  waiting_bytes_of_all_max: 33_554_432,
  heartbeat_ms: 1_000,
};

interface ChangeFeedOptions {
  readonly source: ChangeSource;
  /** Is told the address of each listener that is cut off. */
  readonly onSlow: (address: string) => void;
  /** Those that differ from the defaults. */
  readonly bounds?: Partial<ChangeFeedBounds>;
}

interface Listener {
  readonly response: ServerResponse;
  readonly address: string;
}

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  ...NO_SNIFFING,
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
  readonly #onSlow: (address: string) => void;
  readonly #bounds: ChangeFeedBounds;
  readonly #changes = new ChangeLog();
  readonly #listeners = new Set<Listener>();
  readonly #places: ListenerPlaces;
  /** Nothing is kept before somebody listens. */
  #stopListening: (() => void) | null = null;
  #waiting = '';
  #waiting_bytes = 0;
  #told_until = Number.NEGATIVE_INFINITY;

  constructor({ source, onSlow, bounds }: ChangeFeedOptions) {
    this.#source = source;
    this.#onSlow = onSlow;
    this.#bounds = { ...BOUNDS, ...bounds };
    this.#places = new ListenerPlaces(this.#bounds.listeners_max, this.#bounds.listeners_of_caller_max);
  }

  /** Throws a `RequestError` when there are too many listeners: in all, with the API key, or from the address. */
  serve(request: IncomingMessage, response: ServerResponse, key: string | null): void {
    assertNoLargeBody(request);
    const time = monotonicTime();
    const address = request.socket.remoteAddress ?? '';
    const callers = [`The address ${clientName(address)}`, ...(key === null ? [] : [`The API key ${key}`])];
    this.#places.take(callers);
    const listener = { response, address };
    response.once('close', () => {
      this.#places.free(callers);
      this.#listeners.delete(listener);
    });
    this.#stopListening ??= this.#listen();
    this.#flush();
    response.writeHead(200, HEADERS);
    response.write(`retry: ${this.#bounds.heartbeat_ms}\nevent: hello\ndata: {"time":${time}}\n\n`);
    response.write(this.#missed(request.headers['last-event-id']) ?? this.#changes.gap());
    response.write(heartbeat(this.#source.toldUntil()));
    this.#waiting_bytes += response.writableLength;
    this.#listeners.add(listener);
    const connection = connectionOf(request.socket);
    if (connection) connection.isListening = true;
  }

  /** Ends every stream; listeners go on at another node, or here once this one is back. */
  close(): void {
    this.#stopListening?.();
    for (const { response } of this.#listeners) {
      if (response.writableLength > 0) response.destroy();
      else response.end();
    }
  }

  /** What came after an event; null where it is not known, or where too many bytes wait already. */
  #missed(last_id: string | string[] | undefined): string | null {
    if (typeof last_id !== 'string' || this.#waiting_bytes > this.#bounds.waiting_bytes_of_all_max) return null;
    return this.#changes.after(last_id);
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
    const { waiting_bytes_max, waiting_bytes_of_all_max } = this.#bounds;
    this.#waiting_bytes = 0;
    for (const listener of this.#listeners) {
      listener.response.write(text);
      const { writableLength } = listener.response;
      if (writableLength > waiting_bytes_max) this.#cut(listener);
      else this.#waiting_bytes += writableLength;
    }
    if (this.#waiting_bytes > waiting_bytes_of_all_max) this.#cutSlowest(waiting_bytes_of_all_max);
  }

  #cutSlowest(bytes_max: number): void {
    const bySlowness = [...this.#listeners].sort((a, b) => b.response.writableLength - a.response.writableLength);
    for (const listener of bySlowness) {
      if (this.#waiting_bytes <= bytes_max) return;
      this.#waiting_bytes -= listener.response.writableLength;
      this.#cut(listener);
    }
  }

  #cut(listener: Listener): void {
    this.#listeners.delete(listener);
    listener.response.destroy();
    this.#onSlow(listener.address);
  }
}

function heartbeat(told_until: number): string {
  return `event: heartbeat\ndata: {"time":${told_until}}\n\n`;
}
