import type { SessionChange } from '../../../domain/changes.ts';
import { SessionsError } from '../../../domain/errors.ts';
import { type Clock, NO_CLOCK } from '../../../domain/time/clock.ts';
import { FEED_KEY_BYTES, MessageReader, MessageSealer } from '../../shared/feed/cipher.ts';
import { dated, readDated } from '../../shared/feed/dated-text.ts';
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

/** The changes of a notification, and the time since it was sent; see `ChangeListener`. */
interface Received {
  readonly changes: readonly SessionChange[];
  readonly age_ms: number;
}

const OWN: Received = { changes: [], age_ms: 0 };

/**
 * Seals the notifications of this node, and opens those that nodes have sent. Every role of the database may notify and
 * listen on any channel, so the text is encrypted. It is also bound to the channel and to the server process of the
 * sender. PostgreSQL names that process with each notification, so a copy sent by another role is recognized.
 */
export class FeedMessages {
  readonly #key: Buffer;
  readonly #channel: string;
  readonly #clock: Clock;
  readonly #reader: MessageReader;
  #sealer: MessageSealer;

  constructor(key: Buffer, channel: string, clock: Clock = NO_CLOCK) {
    this.#key = key;
    this.#channel = channel;
    this.#clock = clock;
    this.#reader = new MessageReader(key);
    this.#sealer = new MessageSealer(key);
  }

  hasKey(key: Buffer): boolean {
    return this.#key.equals(key);
  }

  /** `process_id` is the server process of the connection that will send the payloads. */
  toPayloads(changes: readonly SessionChange[], process_id: number): string[] {
    return toTexts(changes).map((text) => this.#sealer.seal(dated(text, this.#clock), this.#contextOf(process_id)));
  }

  /**
   * Null for a payload that no node has sent. Payloads of this node have no changes, because it has published them
   * already.
   */
  fromPayload(payload: string, process_id: number): Received | null {
    if (payload.startsWith(this.#sealer.sender)) return OWN;
    const message = this.#reader.open(payload, this.#contextOf(process_id));
    if (message === null) return null;
    const { text, age_ms } = readDated(message, this.#clock);
    return { changes: fromText(text), age_ms };
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
