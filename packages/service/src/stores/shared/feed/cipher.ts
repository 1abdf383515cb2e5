import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { randomText } from '../../../domain/ids.ts';
import { ReplayWindow } from './replay-window.ts';

/** The size of the key of a data set, 256 bits. Only its nodes can read the key. */
export const FEED_KEY_BYTES = 32;

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const PURPOSE = 'pip-sessions feed';
/** 96 random bits, as 16 characters of base64url. */
const SENDER_BYTES = 12;
const SENDER_LENGTH = 16;
const NONCE_BYTES = 12;
const COUNTER_BYTES = 6;
const TAG_BYTES = 16;
/**
 * How many senders have their keys cached: far more than there are nodes. Other senders cost 10 µs more per message.
 */
const SENDERS_MAX = 1_000;

/**
 * Encrypts the messages of one node. Each sender has its own key, derived from the key of the data set and the sender's
 * random name (HKDF). Its nonces are a counter, so no nonce is used twice with one key (ASVS 11.3.4). With random
 * nonces and one shared key, a collision would become too likely after some weeks of load (NIST SP 800-38D, 8.3).
 *
 * A message is the sender's name, followed by base64 of the counter, the ciphertext and the tag.
 */
export class MessageSealer {
  readonly sender = randomText(SENDER_BYTES);
  readonly #key: KeyObject;
  readonly #nonce = Buffer.alloc(NONCE_BYTES);
  #counter = 0;

  constructor(feed_key: Buffer) {
    this.#key = keyOf(feed_key, this.sender);
  }

  /** `context` names where the message is valid. It is authenticated with the text but not sent. */
  seal(text: string, context: string): string {
    this.#counter += 1;
    const nonce = this.#nonce;
    nonce.writeUIntBE(this.#counter, NONCE_BYTES - COUNTER_BYTES, COUNTER_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, nonce).setAAD(Buffer.from(context));
    const parts = [nonce.subarray(NONCE_BYTES - COUNTER_BYTES), cipher.update(text, 'utf8'), cipher.final()];
    return this.sender + Buffer.concat([...parts, cipher.getAuthTag()]).toString('base64');
  }
}

/** The largest text in bytes whose message has at most this many characters. */
export function textBytesMax(message_length_max: number): number {
  const bytes = 3 * Math.floor((message_length_max - SENDER_LENGTH) / 4);
  return bytes - COUNTER_BYTES - TAG_BYTES;
}

interface Sender {
  readonly key: KeyObject;
  readonly window: ReplayWindow;
}

/** Decrypts the messages of all nodes that have the same key. */
export class MessageReader {
  readonly #feed_key: Buffer;
  readonly #senders = new Map<string, Sender>();

  constructor(feed_key: Buffer) {
    this.#feed_key = feed_key;
  }

  /** Null for a message that no node sealed for this context, and for a repetition of one that was opened before. */
  open(message: string, context: string): string | null {
    const name = message.slice(0, SENDER_LENGTH);
    const sealed = Buffer.from(message.slice(SENDER_LENGTH), 'base64');
    if (sealed.length < COUNTER_BYTES + TAG_BYTES) return null;
    const known = this.#senders.get(name);
    const sender = known ?? { key: keyOf(this.#feed_key, name), window: new ReplayWindow() };
    const text = decrypt(sender.key, sealed, context);
    if (text === null || !sender.window.take(sealed.readUIntBE(0, COUNTER_BYTES))) return null;
    if (!known) this.#remember(name, sender);
    return text;
  }

  /** Only senders of authentic messages are cached: a forger could send any number of names. */
  #remember(name: string, sender: Sender): void {
    this.#senders.set(name, sender);
    if (this.#senders.size <= SENDERS_MAX) return;
    for (const oldest of this.#senders.keys()) {
      this.#senders.delete(oldest);
      return;
    }
  }
}

function keyOf(feed_key: Buffer, sender: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', feed_key, sender, PURPOSE, KEY_BYTES)));
}

function decrypt(key: KeyObject, sealed: Buffer, context: string): string | null {
  const nonce = Buffer.alloc(NONCE_BYTES);
  sealed.copy(nonce, NONCE_BYTES - COUNTER_BYTES, 0, COUNTER_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return decipher.update(sealed.subarray(COUNTER_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return null;
  }
}
