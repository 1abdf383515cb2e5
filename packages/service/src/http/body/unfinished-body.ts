import type { IncomingMessage } from 'node:http';
import { bodyTooLarge, RequestError } from '../../api/error-codes.ts';
import { type Connection, connectionOf } from '../connections/connection.ts';

/** Smaller bodies are not counted as bytes in memory. Nearly all bodies are smaller and arrive in one chunk. */
const UNCOUNTED_BYTES = 4_096;
/** Seconds after which a client whose body was rejected may retry. */
const RETRY_AFTER_S = 1;

/**
 * Collects a body that arrives in chunks, in one buffer: as an object, a chunk of one byte takes a hundred times its
 * size.
 */
export class UnfinishedBody {
  readonly #connection: Connection | undefined;
  readonly #bytes_max: number;
  #buffer: Buffer = Buffer.alloc(0);
  #length = 0;
  #counted = 0;

  constructor(request: IncomingMessage, bytes_max: number) {
    this.#connection = connectionOf(request.socket);
    this.#bytes_max = bytes_max;
  }

  /**
   * Adds a chunk. Throws a `RequestError` if the body is too large, or if there is no memory left for unfinished
   * bodies.
   */
  add(piece: Buffer): void {
    const length = this.#length + piece.length;
    if (length > this.#bytes_max) throw bodyTooLarge(this.#bytes_max);
    if (this.#length === 0) this.#buffer = piece;
    else {
      if (length > this.#buffer.length) this.#grow(length);
      piece.copy(this.#buffer, this.#length);
    }
    this.#length = length;
    this.#count(this.#buffer.length);
  }

  /** Returns the whole body. */
  finish(): Buffer {
    this.forget();
    return this.#buffer.subarray(0, this.#length);
  }

  /** Stops counting the bytes of the body. */
  forget(): void {
    if (this.#counted > 0) this.#connection?.release(this.#counted);
    this.#counted = 0;
  }

  #grow(length: number): void {
    const buffer = Buffer.allocUnsafe(Math.min(Math.max(length, 2 * this.#buffer.length), this.#bytes_max));
    this.#buffer.copy(buffer, 0, 0, this.#length);
    this.#buffer = buffer;
  }

  #count(bytes: number): void {
    if (bytes <= UNCOUNTED_BYTES || bytes === this.#counted) return;
    if (this.#connection && !this.#connection.hold(bytes - this.#counted)) throw noRoom();
    this.#counted = bytes;
  }
}

export function connectionEnded(): RequestError {
  return new RequestError('InvalidContent', 'The connection was closed before the whole body arrived.');
}

function noRoom(): RequestError {
  const message = `Too many unfinished request bodies are in memory. Retry after ${RETRY_AFTER_S} s.`;
  return new RequestError('TOO_MANY_REQUESTS', message, { 'retry-after': String(RETRY_AFTER_S) });
}
