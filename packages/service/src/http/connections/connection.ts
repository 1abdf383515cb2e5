import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { CutReason } from '../clients/incidents.ts';
import { responseUnderWay, stopParsing } from './node-internals.ts';

const CONNECTION = Symbol('connection');

interface TrackedSocket extends Socket {
  [CONNECTION]?: Connection;
}

/** The connection of a socket that `Connections` admitted. */
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
  /** Tells it apart from all others that are open. */
  readonly peer: string;
  readonly address: string;
  readonly client: string;
  /** All times are of `monotonicTime`. */
  readonly opened_at: number;
  /** Requests whose head has arrived. */
  requests = 0;
  /** Of these at the last check, and when their number changed. */
  requests_seen = 0;
  active_at: number;
  /** Whether it follows the changes: then it sends nothing and is not idle. */
  isListening = false;
  /** Requests that wait for their turn. */
  waiting = 0;
  held_bytes = 0;
  /** The response after which it ends, since the service stops. */
  last: ServerResponse | null = null;
  /** Since when the client has left bytes unread; null when it has not. */
  unread_since: number | null = null;
  /** When it is destroyed after its last response. */
  ends_at: number | null = null;
  readonly #accepted: Socket;
  readonly #events: ConnectionEvents;
  #isEnded = false;
  /** Where HTTP is spoken: the accepted socket, or TLS over it; null before the handshake. */
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

  /** Bytes that are written and not yet taken by the system. */
  get unsent_bytes(): number {
    return this.#http?.writableLength ?? 0;
  }

  /** The response that is under way. */
  get response(): ServerResponse | null {
    return this.#http && responseUnderWay(this.#http);
  }

  speaksHttpOn(socket: Socket): void {
    this.#http = socket;
    // A client may tear it off at any time. Node listens for that only until a request asks for a tunnel.
    socket.on('error', () => {});
    (socket as TrackedSocket)[CONNECTION] = this;
  }

  /** Counts bytes that wait in memory; false where they have no room, and must be given up. */
  hold(bytes: number): boolean {
    return this.#events.hold(this, bytes);
  }

  release(bytes: number): void {
    this.#events.release(this, bytes);
  }

  /** Destroys the connection for a reason that belongs in the log. */
  cut(reason: CutReason): void {
    if (this.#isEnded) return;
    this.destroy();
    this.#events.cut(this, reason);
  }

  /** Destroys it at once: what the system has not sent is discarded. */
  destroy(): void {
    if (this.#http) stopParsing(this.#http);
    if (!this.#accepted.destroyed) this.#discard();
    this.#end();
  }

  /** The system rejects a reset of a socket that is being shut down, and Node would keep its descriptor for ever. */
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
   * Ends it after the response that is under way, without reading what the client still sends. It is destroyed a little
   * later: a socket that is closed with unread bytes is reset, and its client would lose the response.
   */
  endAfterResponse(): void {
    const socket = this.#http;
    if (!socket) return;
    socket.destroySoon = () => {
      this.endWith('');
      // Node begins to discard the body in this turn.
      setImmediate(() => socket.pause());
    };
  }

  /** Ends it with these bytes. It is destroyed when the client has ended it too, or a little later. */
  endWith(bytes: string): void {
    this.#http?.end(bytes);
    this.#events.lingers(this);
  }
}
