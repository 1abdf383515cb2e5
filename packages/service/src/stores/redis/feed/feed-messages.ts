import { hash } from 'node:crypto';
import type { SessionChange } from '../../../domain/changes.ts';
import { randomText } from '../../../domain/ids.ts';
import { type Clock, NO_CLOCK } from '../../../domain/time/clock.ts';
import { fromChangeText, type PublishedChange, toChangeText } from '../../shared/change-text.ts';
import { MessageReader, MessageSealer } from '../../shared/feed/cipher.ts';
import { dated, readDated } from '../../shared/feed/dated-text.ts';
import type { Shard } from '../data/keys.ts';

const SECRET_BYTES = 12;
const FORM = /^(\d{1,16}) ([0-9a-f]{40}) (\S+)$/;

/** The message of a write. The server adds a number, and a proof of the number that needs the secret. */
export interface Sealed {
  readonly text: string;
  readonly secret: string;
}

export const NOTHING_SEALED: Sealed = Object.freeze({ text: '', secret: '' });

interface Message {
  readonly number: number;
  readonly shard: Shard;
  /** Whether this node sent it. Then the node has published its changes already. */
  readonly isOwn: boolean;
  readonly changes: readonly SessionChange[];
  /** The time since it was sent; see `ChangeListener`. */
  readonly age_ms: number;
}

/**
 * Seals the messages of this node, and opens those that nodes have sent. Anyone with access to the channel may publish
 * and subscribe, so the text is encrypted. The server assigns the number, which is not encrypted. Its proof is SHA-1 of
 * a secret and the number, because scripts have no better hash. The secret is used for one message only. It is in the
 * encrypted text, and the script does not publish it.
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

  seal(shard: Shard, changes: readonly PublishedChange[]): Sealed {
    const secret = randomText(SECRET_BYTES);
    const lines = [secret, shard, ...changes.map(toChangeText)];
    return { text: this.#sealer.seal(dated(lines.join('\n'), this.#clock), this.#channel), secret };
  }

  /** Null for a message that no node has sent. */
  open(message: string): Message | null {
    const [, digits = '', proof, sealed = ''] = FORM.exec(message) ?? [];
    const opened = sealed === '' ? null : this.#reader.open(sealed, this.#channel);
    if (opened === null) return null;
    const { text, age_ms } = readDated(opened, this.#clock);
    const [secret = '', shard = '', ...lines] = text.split('\n');
    if (hash('sha1', secret + digits, 'hex') !== proof) return null;
    const changes = lines.map((line): SessionChange => fromChangeText(line) ?? { type: 'gap' });
    const isOwn = sealed.startsWith(this.#sealer.sender);
    return { number: Number(digits), shard, isOwn, changes, age_ms };
  }

  /**
   * Messages sealed before this call are treated as those of another node, so their changes are published on arrival.
   */
  rename(): void {
    this.#sealer = new MessageSealer(this.#key);
  }
}
