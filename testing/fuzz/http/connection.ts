import { connect, type Socket } from 'node:net';
import { type Reply, ReplyReader } from './replies.ts';

/** A request that has no response by then is a finding. */
const REPLY_MS_MAX = 20_000;
const HOST = '127.0.0.1';

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

/** One connection after the other: each is used until it ends, as the service or a bad request makes it. */
export class HttpConnection {
  readonly #port: () => number;
  #socket: Socket | null = null;
  #reader = new ReplyReader();
  #waiting: Waiting | null = null;

  constructor(port: () => number) {
    this.#port = port;
  }

  /** Sends the bytes of one request and resolves with its response. Rejects when there is none. */
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
      if (this.#waiting === null) throw new Error(`a response came to no request: ${reply.status} ${reply.body}`);
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

/** How the bytes of a connection are sent: in pieces, and ended or torn off after the last one. */
export interface Delivery {
  readonly pieces: readonly Buffer[];
  readonly ending: 'end' | 'reset';
}

/** Everything that the service sends on a connection of its own, until it ends; nothing where the fuzzer tears it off. */
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
    // The service may close a connection while it is still written to.
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
