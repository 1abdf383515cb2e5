import { connect, type Socket } from 'node:net';
import { type Reply, ReplyReader } from './replies.ts';

/** A request without a response after this time is a finding. */
const REPLY_MS_MAX = 20_000;
const HOST = '127.0.0.1';

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

/** Sends requests on one connection at a time. When it ends, the next request opens another one. */
export class HttpConnection {
  readonly #port: () => number;
  #socket: Socket | null = null;
  #reader = new ReplyReader();
  #waiting: Waiting | null = null;

  constructor(port: () => number) {
    this.#port = port;
  }

  /** Sends the bytes of one request and resolves with its response. Rejects if there is none. */
  async exchange(bytes: Buffer, method: string): Promise<Reply> {
    const socket = this.#socket ?? this.#connect();
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const timer = setTimeout(() => this.#fail(new Error(`no response came within ${REPLY_MS_MAX} ms`)), REPLY_MS_MAX);
    this.#waiting = { resolve, reject };
    this.#reader.expect(method);
    socket.write(bytes);
    try {
      const reply = await promise;
      const isStream = reply.headers.get('content-type')?.startsWith('text/event-stream');
      if (isStream || reply.headers.get('connection') === 'close') this.close();
      return reply;
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
    this.#reader = new ReplyReader();
  }

  #connect(): Socket {
    const socket = connect({ port: this.#port(), host: HOST, noDelay: true });
    const lost = (error: Error) => {
      if (this.#socket !== socket) return;
      this.#fail(error);
    };
    socket.on('data', (piece: Buffer) => this.#receive(piece));
    socket.on('error', lost);
    socket.on('close', () => lost(new Error('the connection was closed without a response')));
    this.#socket = socket;
    return socket;
  }

  #receive(piece: Buffer): void {
    try {
      const reply = this.#reader.push(piece);
      if (reply === null) return;
      if (this.#waiting === null) throw new Error(`a response without a request: ${reply.status} ${reply.body}`);
      const { resolve } = this.#waiting;
      this.#waiting = null;
      resolve(reply);
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #fail(error: Error): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    this.close();
    waiting?.reject(error);
  }
}

/** How the bytes of a connection are sent: in pieces. The connection is ended or reset after the last one. */
export interface Delivery {
  readonly pieces: readonly Buffer[];
  readonly ending: 'end' | 'reset';
}

/** Opens a connection and returns all bytes from the service until it ends; none if the fuzzer resets it. */
export function deliver(port: number, { pieces, ending }: Delivery): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const received: Buffer[] = [];
  const socket = connect({ port, host: HOST, noDelay: true, allowHalfOpen: true });
  const timer = setTimeout(() => {
    reject(new Error(`the service kept a connection open for ${REPLY_MS_MAX} ms after its end`));
    socket.destroy();
  }, REPLY_MS_MAX);
  const finish = () => {
    clearTimeout(timer);
    resolve(Buffer.concat(received));
  };
  socket.on('data', (piece: Buffer) => received.push(piece));
  socket.on('end', () => socket.end());
  socket.on('error', (error: NodeJS.ErrnoException) => {
    // The service may close a connection while the fuzzer still writes.
    if (error.code === 'ECONNREFUSED') reject(error);
  });
  socket.on('close', finish);
  socket.on('connect', () => {
    for (const piece of pieces) socket.write(piece);
    if (ending === 'end') socket.end();
    else setImmediate(() => socket.resetAndDestroy());
  });
  return promise;
}
