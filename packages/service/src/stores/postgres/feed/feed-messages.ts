import type { SessionChange } from '../../../domain/changes.ts';
import { SessionsError } from '../../../domain/errors.ts';
import { FEED_KEY_BYTES, MessageReader, MessageSealer } from '../../shared/feed/cipher.ts';
import type { Row, Statement } from '../connection/connection.ts';
import { fromText, toTexts } from './payloads.ts';

export const SELECT_FEED_KEY: Statement = { text: `SELECT encode(key, 'hex') FROM feed_key` };

/** Throws `STORE_UNUSABLE` where the table does not hold one key: messages under an empty one would be anybody's. */
export function feedKeyFrom(rows: readonly Row[]): Buffer {
  const key = Buffer.from(String(rows[0]?.[0] ?? ''), 'hex');
  if (rows.length === 1 && key.length === FEED_KEY_BYTES) return key;
  const message = `The table "feed_key" holds ${rows.length} keys, not one of ${FEED_KEY_BYTES} bytes; restore it from a backup.`;
  throw new SessionsError('STORE_UNUSABLE', message);
}

/**
 * Notifications of one node, and those that it believes. Every role of the database may notify on any channel, and
 * listen to it: the text is encrypted. It is also bound to the channel, and to the server's process that sends it. The
 * server names that process with each notification, and a copy of another role comes from another process.
 */
export class FeedMessages {
  readonly #key: Buffer;
  readonly #channel: string;
  readonly #reader: MessageReader;
  #sealer: MessageSealer;

  constructor(key: Buffer, channel: string) {
    this.#key = key;
    this.#channel = channel;
    this.#reader = new MessageReader(key);
    this.#sealer = new MessageSealer(key);
  }

  hasKey(key: Buffer): boolean {
    return this.#key.equals(key);
  }

  /** `process_id` is that of the connection that will send them. */
  toPayloads(changes: readonly SessionChange[], process_id: number): string[] {
    return toTexts(changes).map((text) => this.#sealer.seal(text, this.#contextOf(process_id)));
  }

  /** Null for a payload that is not believed. Those of this node itself have no changes: they were told already. */
  fromPayload(payload: string, process_id: number): readonly SessionChange[] | null {
    if (payload.startsWith(this.#sealer.sender)) return [];
    const text = this.#reader.open(payload, this.#contextOf(process_id));
    return text === null ? null : fromText(text);
  }

  /** Payloads that were made before this are told when they come, as those of another node. */
  rename(): void {
    this.#sealer = new MessageSealer(this.#key);
  }

  #contextOf(process_id: number): string {
    return `${this.#channel} ${process_id}`;
  }
}
