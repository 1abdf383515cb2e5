import type { SessionChange } from '../../domain/changes.ts';
import { MessageReader, MessageSealer } from '../feed/cipher.ts';
import type { Statement } from './connection.ts';
import { fromText, toTexts } from './payloads.ts';

/** The schema's own tables have the search path. */
export const SELECT_FEED_KEY: Statement = { text: `SELECT encode(key, 'hex') FROM feed_key` };

/**
 * Notifications of one node, and those that it believes. Every role of the database may notify on any channel, and
 * listen to it. So the text is encrypted, and bound to the channel and to the process of the server that sends it: the
 * server itself names that process with each notification, so a copy that another role sends is not believed.
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
