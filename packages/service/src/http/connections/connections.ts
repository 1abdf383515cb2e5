import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { monotonicTime } from '../../domain/time/clock.ts';
import { type HttpBounds, shareOf } from '../bounds.ts';
import { clientName } from '../clients/client-name.ts';
import type { IncidentLog } from '../clients/incident-log.ts';
import { Connection, type ConnectionEvents, connectionOf } from './connection.ts';
import { Crowd } from './crowd.ts';
import { HeldBytes } from './held-bytes.ts';

/** Memory of the objects of a waiting request. */
const WAITING_BYTES = 4_096;
/** Maximum body of a waiting request: Node reads up to 64 KiB of it into memory. */
const WAITING_BODY_BYTES_MAX = 16_384;
/** Memory of each character of the head of a request. */
const CHARACTER_BYTES = 2;
/** A connection without a request for this time is not in use. */
const IN_USE_MS = 5_000;

/** Serves a request when no response before it is pending. */
export type Serve = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Limits the resources of clients: connections, waiting requests, bytes in memory, and time. Node's server limits only
 * the time of a request, and only until its last byte has arrived.
 */
export class Connections {
  readonly #bounds: HttpBounds;
  readonly #all: Crowd;
  readonly #ofClients = new Map<string, Crowd>();
  /** TLS connections during the handshake, by their peer: the TLS socket is another object than the accepted one. */
  readonly #handshakes = new Map<string, Connection>();
  readonly #held: HeldBytes;
  readonly #events: ConnectionEvents;
  readonly #refused: (address: string) => void;
  #checks: NodeJS.Timeout | null = null;
  #stopping_at = Number.POSITIVE_INFINITY;

  constructor(bounds: HttpBounds, incidents: IncidentLog) {
    this.#bounds = bounds;
    this.#all = new Crowd(bounds.connections_max);
    this.#held = new HeldBytes(bounds.held_bytes_max, shareOf(bounds, bounds.held_bytes_max));
    this.#refused = (address) => incidents.write({ event: 'connection_refused' }, address);
    this.#events = {
      ended: (connection) => this.#ended(connection),
      lingers: (connection) => {
        connection.ends_at = monotonicTime() + bounds.linger_timeout_ms;
      },
      cut: ({ address }, reason) => incidents.write({ event: 'connection_cut', reason }, address),
      hold: (connection, bytes) => this.#held.add(connection, bytes, monotonicTime()),
      release: (connection, bytes) => this.#held.remove(connection, bytes),
    };
  }

  /** The number of open connections. */
  get size(): number {
    return this.#all.members.size;
  }

  /** Tracks the connections of a server from now on. */
  watch(server: Server, isTls: boolean): void {
    const accept = server.listeners('connection');
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      if (this.#admit(socket, isTls)) for (const listener of accept) listener.call(server, socket);
    });
    server.prependListener('secureConnection', (socket: Socket) => {
      const peer = peerOf(socket);
      this.#handshakes.get(peer)?.speaksHttpOn(socket);
      this.#handshakes.delete(peer);
    });
    server.on('listening', () => {
      this.#checks = setInterval(() => this.#check(monotonicTime()), this.#bounds.check_interval_ms).unref();
    });
    server.on('close', () => clearInterval(this.#checks ?? undefined));
  }

  /**
   * From now on each response is the last of its connection. Returns how long connections without a request must stay
   * open: a connection that is closed while its client sends a request loses the request.
   */
  stop(): number {
    const now = monotonicTime();
    this.#stopping_at = now;
    this.#check(now);
    let grace_ms = 0;
    for (const connection of this.#all.members) {
      if (connection.response) this.#makeLast(connection, connection.response);
      const isInUse = connection.requests > 0 && !connection.isListening && now - connection.active_at < IN_USE_MS;
      if (isInUse) grace_ms = this.#bounds.stop_grace_ms;
    }
    return grace_ms;
  }

  /**
   * Makes a response the last of its connection, unless other requests wait behind it: then the last of those is the
   * last.
   */
  #makeLast(connection: Connection, response: ServerResponse): void {
    if (connection.waiting > 0 || response.headersSent || !response.shouldKeepAlive) return;
    response.shouldKeepAlive = false;
    connection.last = response;
  }

  /** Another request has arrived after the one whose response was to be the last. */
  #undoLast({ last }: Connection): void {
    if (last && !last.headersSent) last.shouldKeepAlive = true;
  }

  destroyAll(): void {
    for (const connection of this.#all.members) connection.destroy();
  }

  /** Calls `serve` when the responses before it are sent: requests of one connection are served one after the other. */
  takeTurn(request: IncomingMessage, response: ServerResponse, serve: Serve): void {
    const connection = connectionOf(request.socket);
    if (connection) connection.requests += 1;
    if (response.socket) this.#serve(connection, request, response, serve);
    else if (connection) this.#wait(connection, request, response, serve);
  }

  #wait(connection: Connection, request: IncomingMessage, response: ServerResponse, serve: Serve): void {
    // Node may already have parsed this request when its connection is destroyed.
    if (request.socket.destroyed) return;
    const bytes = waitingBytes(request);
    if (connection.waiting >= this.#bounds.pipelined_max || bytes === null || !connection.hold(bytes)) {
      connection.cut('pipelining');
      return;
    }
    connection.waiting += 1;
    this.#undoLast(connection);
    // Node assigns the socket to a response after the one before it was sent.
    response.once('socket', () => {
      connection.waiting -= 1;
      connection.release(bytes);
      this.#serve(connection, request, response, serve);
    });
  }

  #serve(connection: Connection | undefined, request: IncomingMessage, response: ServerResponse, serve: Serve): void {
    const isStopping = this.#stopping_at < Number.POSITIVE_INFINITY;
    if (isStopping && connection) this.#makeLast(connection, response);
    serve(request, response);
  }

  #admit(socket: Socket, isTls: boolean): boolean {
    const { remoteAddress: address } = socket;
    if (address === undefined) {
      socket.destroy();
      return false;
    }
    const now = monotonicTime();
    const client = clientName(address);
    const ofClient = this.#ofClients.get(client) ?? new Crowd(shareOf(this.#bounds, this.#bounds.connections_max));
    if (!ofClient.hasRoom(now) || !this.#all.hasRoom(now)) {
      socket.on('error', () => {});
      socket.resetAndDestroy();
      this.#refused(address);
      return false;
    }
    const connection = new Connection(socket, peerOf(socket), address, client, now, this.#events);
    if (isTls) this.#handshakes.set(connection.peer, connection);
    else connection.speaksHttpOn(socket);
    this.#all.members.add(connection);
    this.#ofClients.set(client, ofClient);
    ofClient.members.add(connection);
    return true;
  }

  #ended(connection: Connection): void {
    const { client, peer } = connection;
    const ofClient = this.#ofClients.get(client);
    this.#held.remove(connection, connection.held_bytes);
    this.#handshakes.delete(peer);
    this.#all.members.delete(connection);
    ofClient?.members.delete(connection);
    if (ofClient?.members.size === 0) this.#ofClients.delete(client);
  }

  /** Destroys connections that are past a deadline that Node's server does not check. */
  #check(now: number): void {
    for (const connection of this.#all.members) this.#checkOne(connection, now);
  }

  #checkOne(connection: Connection, now: number): void {
    const { handshake_timeout_ms, response_timeout_ms, stop_grace_ms } = this.#bounds;
    if (connection.requests !== connection.requests_seen) {
      connection.requests_seen = connection.requests;
      connection.active_at = now;
    }
    connection.unread_since = connection.unsent_bytes > 0 ? (connection.unread_since ?? now) : null;
    const isOver = connection.ends_at !== null && (now >= connection.ends_at || now >= this.#stopping_at);
    if (isOver) connection.destroy();
    else if (connection.requests === 0 && now - this.#stopping_at >= stop_grace_ms) connection.destroy();
    else if (!connection.isSecured && now - connection.opened_at >= handshake_timeout_ms) {
      connection.cut('handshake_timeout');
    } else if (now - (connection.unread_since ?? now) >= response_timeout_ms) connection.cut('response_timeout');
  }
}

function peerOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}

/** Returns the memory of a waiting request; null if its body is too large to wait. */
function waitingBytes({ url = '', rawHeaders, headers }: IncomingMessage): number | null {
  const body_bytes = Number(headers['content-length'] ?? 0);
  if (headers['transfer-encoding'] !== undefined || body_bytes > WAITING_BODY_BYTES_MAX) return null;
  const characters = rawHeaders.reduce((sum, text) => sum + text.length, url.length);
  return WAITING_BYTES + CHARACTER_BYTES * characters + body_bytes;
}
