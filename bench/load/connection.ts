import { connect, type Socket } from 'node:net';
import { type Answer, readAnswer } from './answer.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** Larger than any response of a scenario, so that one read usually gets all of it. */
const READ_BUFFER_BYTES = 65_536;

export interface ConnectionEvents {
  /** The response's body is valid only during the call. */
  readonly answered: (answer: Answer) => void;
  /** The server closed the connection, or a response was invalid. Not called after `close`. */
  readonly broken: (reason: string) => void;
}

/**
 * A keep-alive connection with one request at a time, on `node:net`.
 *
 * autocannon 9 cannot saturate a bare `node:http` server when each request has another body. Both were measured against
 * the floor on 2 cores of a Xeon at 2.5 GHz, with 32 connections. The floor itself takes 44 µs of CPU per request.
 *
 * - Requests of autocannon take 50 to 54 µs of CPU. They take 34 to 40 µs with one body for all requests, and 53 to 74 µs
 *   with `setupRequest`. It reaches 16,200 requests/s.
 * - Requests of this class take 16 to 17 µs. It reaches 22,200 to 27,600 requests/s, with the floor at 100 % of its core.
 *
 * The rest of the second core matters, because the SQLite store's writer runs there.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #events: ConnectionEvents;
  #begun: Buffer | null = null;
  #closed = false;

  private constructor(port: number, events: ConnectionEvents) {
    this.#events = events;
    const buffer = Buffer.allocUnsafe(READ_BUFFER_BYTES);
    const callback = (size: number) => {
      this.#read(buffer.subarray(0, size));
      return true;
    };
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true, onread: { buffer, callback } });
    this.#socket.on('error', (error) => this.#break(error.message));
    this.#socket.on('close', () => this.#break('the server closed the connection'));
  }

  /** Rejects when the server does not accept the connection. */
  static open(port: number, events: ConnectionEvents): Promise<Connection> {
    const { promise, resolve, reject } = Promise.withResolvers<Connection>();
    const timer = setTimeout(() => reject(new Error(`port ${port} does not respond`)), CONNECT_TIMEOUT_MS);
    let opened = false;
    const connection = new Connection(port, {
      answered: events.answered,
      broken: (reason) => {
        if (opened) events.broken(reason);
        else reject(new Error(`port ${port}: ${reason}`));
      },
    });
    connection.#socket.once('connect', () => {
      opened = true;
      resolve(connection);
    });
    return promise.finally(() => clearTimeout(timer));
  }

  send(request: Buffer): void {
    this.#socket.write(request);
  }

  close(): void {
    this.#closed = true;
    this.#socket.destroy();
  }

  #read(bytes: Buffer): void {
    const all = this.#begun ? Buffer.concat([this.#begun, bytes]) : bytes;
    this.#begun = null;
    let answer: Answer | null;
    try {
      answer = readAnswer(all);
    } catch (error) {
      this.#break((error as Error).message);
      return;
    }
    if (answer) this.#events.answered(answer);
    // The socket reads its next bytes into the same buffer.
    else this.#begun = Buffer.from(all);
  }

  #break(reason: string): void {
    if (this.#closed) return;
    this.close();
    this.#events.broken(reason);
  }
}
