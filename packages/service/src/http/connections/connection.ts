import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { CutReason } from '../clients/incidents.ts';
import { responseUnderWay, stopParsing } from './node-internals.ts';

const CONNECTION = Symbol('connection');

interface TrackedSocket extends Socket {
  [CONNECTION]?: Connection;
}

/** Returns the connection of a socket that `Connections` has accepted. */
export function connectionOf(socket: Socket): Connection | undefined {
  return (socket as TrackedSocket)[CONNECTION];
}

export interface ConnectionEvents {
  readonly ended: (connection: Connection) => void;
  readonly lingers: (connection: Connection) => void;
  readonly cut: (connection: Connection, reason: CutReason) => void;
  readonly hold: (connection: Connection, bytes: number) => boolean;
  readonly release: (connection: Connection, bytes: number) => void;
}

/** A connection of a client, from its acceptance to its end. */
export class Connection {
  /** Identifies the connection among all open ones. */
  readonly peer: string;
  readonly address: string;
  readonly client: string;
  /** All times are of `monotonicTime`. */
  readonly opened_at: number;
  /** The number of requests whose head has arrived. */
  requests = 0;
  /** The value of `requests` at the last check. `active_at` is the time at which it changed. */
  requests_seen = 0;
  active_at: number;
  /** Whether the connection follows the changes. It then sends nothing but is not idle. */
  isListening = false;
  /** The number of requests that wait for the response before them. */
  waiting = 0;
  held_bytes = 0;
  /** The last response of the connection, because the service stops. */
  last: ServerResponse | null = null;
  /** The time since which the client has not read all bytes; null if it has. */
  unread_since: number | null = null;
  /** The time at which it is destroyed after its last response. */
  ends_at: number | null = null;
  readonly #accepted: Socket;
  readonly #events: ConnectionEvents;
  #isEnded = false;
  /** The socket of the HTTP protocol: the accepted socket, or TLS over it; null before the handshake. */
  #http: Socket | null = null;

  constructor(accepted: Socket, peer: string, address: string, client: string, now: number, events: ConnectionEvents) {
    this.peer = peer;
    this.#accepted = accepted;
    this.address = address;
    this.client = client;
    this.opened_at = now;
    this.active_at = now;
    this.#events = events;
    accepted.once('close', () => this.#end());
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  get isSecured(): boolean {
    return this.#http !== null;
  }

  /** The number of written bytes that the system has not taken yet. */
  get unsent_bytes(): number {
    return this.#http?.writableLength ?? 0;
  }

  /** The response that is being sent. */
  get response(): ServerResponse | null {
    return this.#http && responseUnderWay(this.#http);
  }

  speaksHttpOn(socket: Socket): void {
    this.#http = socket;
    // A client may reset the connection at any time. Node handles this error only until a request asks for a tunnel.
    socket.on('error', () => {});
    (socket as TrackedSocket)[CONNECTION] = this;
  }

  /** Counts bytes that wait in memory. Returns false if there is no memory left; the caller must then drop them. */
  hold(bytes: number): boolean {
    return this.#events.hold(this, bytes);
  }

  release(bytes: number): void {
    this.#events.release(this, bytes);
  }

  /** Destroys the connection and logs the reason. */
  cut(reason: CutReason): void {
    if (this.#isEnded) return;
    this.destroy();
    this.#events.cut(this, reason);
  }

  /** Destroys the connection at once; unsent data is discarded. */
  destroy(): void {
    if (this.#http) stopParsing(this.#http);
    if (!this.#accepted.destroyed) this.#discard();
    this.#end();
  }

  /** The system rejects a reset while a socket is shutting down, and Node would then keep its descriptor for ever. */
  #discard(): void {
    if (this.#accepted.writableEnded) this.#accepted.destroy();
    else this.#accepted.resetAndDestroy();
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#events.ended(this);
  }

  /**
   * Ends the connection after the current response, without reading further data of the client. It is destroyed a
   * little later: closing a socket with unread bytes resets it, and the client would lose the response.
   */
  endAfterResponse(): void {
    const socket = this.#http;
    if (!socket) return;
    socket.destroySoon = () => {
      this.endWith('');
      // Node starts to discard the body in this turn.
      setImmediate(() => socket.pause());
    };
  }

  /** Sends these bytes and ends the connection. It is destroyed when the client has ended it too, or a little later. */
  endWith(bytes: string): void {
    this.#http?.end(bytes);
    this.#events.lingers(this);
  }
}
