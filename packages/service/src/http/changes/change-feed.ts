import type { IncomingMessage, ServerResponse } from 'node:http';
import { KINDS_HEADER, kindsOf } from '../../api/v2/change-kinds.ts';
import type { ChangeListener } from '../../domain/changes.ts';
import type { Histogram } from '../../domain/figures/histogram.ts';
import { elapsedTime } from '../../domain/time/elapsed-time.ts';
import { clientName } from '../clients/client-name.ts';
import { connectionOf } from '../connections/connection.ts';
import { NO_SNIFFING } from '../media-type.ts';
import { Broadcast, type Listener } from './broadcast.ts';
import { ChangeLog } from './change-log.ts';
import { ListenerPlaces } from './listener-places.ts';

/** The source of changes: the use cases. */
export interface ChangeSource {
  watch(listener: ChangeListener): () => void;
  watermark(): number;
}

export interface ChangeFeedBounds {
  /** Maximum number of listeners; further ones are rejected. */
  readonly listeners_max: number;
  /** Maximum number of listeners with one API key, and from one client address. */
  readonly listeners_of_caller_max: number;
  readonly heartbeat_ms: number;
}

export const LISTENERS_MAX = 5_000;

const BOUNDS: ChangeFeedBounds = {
  listeners_max: LISTENERS_MAX,
  listeners_of_caller_max: LISTENERS_MAX,
  heartbeat_ms: 1_000,
};

interface ChangeFeedOptions {
  readonly source: ChangeSource;
  /** Called with the address of each listener that is disconnected because it reads too slowly. */
  readonly onSlow: (address: string) => void;
  /** Whether a key of this name is still accepted. Streams of other keys end with the next heartbeat. */
  readonly accepts?: (key: string) => boolean;
  /** Bounds that differ from the defaults. */
  readonly bounds?: Partial<ChangeFeedBounds>;
}

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  ...NO_SNIFFING,
  // Without this header nginx would buffer the events.
  'x-accel-buffering': 'no',
};

/**
 * `GET /v2/changes`: sends every change of a session as a server-sent event to many listeners.
 *
 * The first event is `hello` with the time at which the request was accepted. A heartbeat has the watermark: all
 * changes before it have been sent. Both times are of the same clock, so a listener can compute the maximum age of its
 * data. While the store's own feed may have missed changes, the watermark does not move and no heartbeat is sent.
 */
export class ChangeFeed {
  readonly #source: ChangeSource;
  readonly #accepts: (key: string) => boolean;
  readonly #bounds: ChangeFeedBounds;
  readonly #log = new ChangeLog();
  readonly #broadcast: Broadcast;
  readonly #places: ListenerPlaces;
  /** Set after the first listener has connected; no changes are logged before. */
  #stopListening: (() => void) | null = null;
  #isClosed = false;

  constructor({ source, onSlow, accepts = () => true, bounds }: ChangeFeedOptions) {
    this.#source = source;
    this.#accepts = accepts;
    this.#bounds = { ...BOUNDS, ...bounds };
    this.#places = new ListenerPlaces(this.#bounds.listeners_max, this.#bounds.listeners_of_caller_max);
    this.#broadcast = new Broadcast(this.#log, ({ response, address }) => {
      response.destroy();
      onSlow(address);
    });
  }

  /**
   * Starts a stream. Throws a `RequestError` if there are too many listeners: in total, with the API key, or from the
   * address.
   */
  serve(request: IncomingMessage, response: ServerResponse, key: string | null): void {
    const time = elapsedTime();
    const address = request.socket.remoteAddress ?? '';
    const kinds = kindsOf(request.headers[KINDS_HEADER]);
    const callers = [`The address ${clientName(address)}`, ...(key === null ? [] : [`The API key ${key}`])];
    if (request.method === 'HEAD') {
      response.writeHead(200, HEADERS).end();
      return;
    }
    if (this.#isClosed) {
      // A proxy may still have a connection to this node. EventSource retries after the end of a stream, not after an error.
      response.writeHead(200, { ...HEADERS, connection: 'close' }).end(`retry: ${this.#bounds.heartbeat_ms}\n\n`);
      return;
    }
    this.#places.take(callers);
    this.#stopListening ??= this.#listen();
    const last_id = request.headers['last-event-id'];
    const known = typeof last_id === 'string' ? this.#log.nextOf(last_id) : null;
    const listener = {
      response,
      address,
      key,
      kinds,
      next: known ?? this.#log.end,
      watermark: Number.NEGATIVE_INFINITY,
    };
    response.once('close', () => {
      this.#places.free(callers);
      this.#broadcast.delete(listener);
    });
    // The stream ends with the connection. Without chunked encoding, each event is one write instead of three.
    response.useChunkedEncodingByDefault = false;
    response.writeHead(200, HEADERS);
    response.write(`retry: ${this.#bounds.heartbeat_ms}\nevent: hello\ndata: {"time":${time}}\n\n`);
    if (known === null) response.write(this.#log.gap());
    this.#broadcast.add(listener);
    const connection = connectionOf(request.socket);
    if (connection) connection.isListening = true;
  }

  /** The number of listeners. */
  get size(): number {
    return this.#broadcast.size;
  }

  /** Seconds from the commit of a change to the write to the last listener. */
  get delivery_s(): Histogram {
    return this.#broadcast.delivery_s;
  }

  /** Ends every stream, now and later. Listeners reconnect to another node, or to this one after its restart. */
  close(): void {
    this.#isClosed = true;
    this.#stopListening?.();
    for (const listener of this.#broadcast.listeners) end(listener);
  }

  /** Ends the streams that keys of these names began. */
  endOf(keys: readonly string[]): void {
    for (const listener of this.#broadcast.listeners) {
      if (listener.key !== null && keys.includes(listener.key)) end(listener);
    }
  }

  /** Ends the streams of keys that are no longer accepted. */
  #endRejected(): void {
    for (const listener of this.#broadcast.listeners) {
      if (listener.key !== null && !this.#accepts(listener.key)) end(listener);
    }
  }

  #listen(): () => void {
    const unwatch = this.#source.watch((change, age_ms = 0) => {
      this.#log.add(change);
      this.#broadcast.publish(age_ms);
    });
    const beat = () => {
      this.#endRejected();
      this.#broadcast.beat(this.#source.watermark());
    };
    const heart = setInterval(beat, this.#bounds.heartbeat_ms).unref();
    beat();
    return () => {
      unwatch();
      clearInterval(heart);
    };
  }
}

/** Ends a stream. A listener that has not read everything is cut off. */
function end({ response }: Listener): void {
  if (response.writableLength > 0) response.destroy();
  else response.end();
}
