import type { SessionChange } from '../../../domain/changes.ts';
import { SessionsError } from '../../../domain/errors.ts';
import { FEED_KEY_BYTES, MessageReader, MessageSealer } from '../../shared/feed/cipher.ts';
import type { Row, Statement } from '../connection/connection.ts';
import { fromText, toTexts } from './payloads.ts';

export const SELECT_FEED_KEY: Statement = { text: `SELECT encode(key, 'hex') FROM feed_key` };

/** Throws `STORE_UNUSABLE` unless the table holds exactly one key: with an empty key, anyone could forge messages. */
export function feedKeyFrom(rows: readonly Row[]): Buffer {
  const key = Buffer.from(String(rows[0]?.[0] ?? ''), 'hex');
  if (rows.length === 1 && key.length === FEED_KEY_BYTES) return key;
  const message = `The table "feed_key" has ${rows.length} rows; it needs one key of ${FEED_KEY_BYTES} bytes. Restore it from a backup.`;
  throw new SessionsError('STORE_UNUSABLE', message);
}

/**
 * Seals the notifications of this node, and opens those that nodes have sent. Every role of the database may notify and
 * listen on any channel, so the text is encrypted. It is also bound to the channel and to the server process of the
 * sender. PostgreSQL names that process with each notification, so a copy sent by another role is recognized.
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

  /** `process_id` is the server process of the connection that will send the payloads. */
  toPayloads(changes: readonly SessionChange[], process_id: number): string[] {
    return toTexts(changes).map((text) => this.#sealer.seal(text, this.#contextOf(process_id)));
  }

  /**
   * Null for a payload that no node has sent. Payloads of this node have no changes, because it has published them
   * already.
   */
  fromPayload(payload: string, process_id: number): readonly SessionChange[] | null {
    if (payload.startsWith(this.#sealer.sender)) return [];
    const text = this.#reader.open(payload, this.#contextOf(process_id));
    return text === null ? null : fromText(text);
  }

  /**
   * Payloads sealed before this call are treated as those of another node, so their changes are published on arrival.
   */
  rename(): void {
    this.#sealer = new MessageSealer(this.#key);
  }

  #contextOf(process_id: number): string {
    return `${this.#channel} ${process_id}`;
  }
}
