import type { Shard } from './keys.ts';

interface Received {
  /** The number of the last message. */
  last: number;
  /** The server's number at the last reset. Messages up to it may arrive late, and are ignored. */
  base: number;
  /** The server's number at the last check, and at the check before. */
  checked: number;
  checked_before: number;
}

/** The position of a message in the sequence of its shard. */
type Place =
  /** The message follows the last one. */
  | 'next'
  /** Messages in between were missed. */
  | 'after a hole'
  /** The message is from before the reset: its changes were in the store by then. */
  | 'before'
  /** The number was received before, or the server has gone back. */
  | 'back';

/**
 * Detects missed messages. The server of a shard numbers its messages consecutively. But the last messages can be lost
 * without a hole, and a failover can set the numbers back. So the feed also reads the number of the server.
 */
export class Sequences {
  readonly #received = new Map<Shard, Received>();
  /** Shards whose messages have not all arrived, compared with the number at the last check. */
  readonly #behind = new Set<Shard>();

  /** Whether all messages up to the numbers of the last check have arrived. */
  get isComplete(): boolean {
    return this.#behind.size === 0;
  }

  /** Adopts a server's number: messages before it do not count as missed. */
  reset(shard: Shard, number: number): void {
    this.#received.set(shard, { last: number, base: number, checked: number, checked_before: number });
    this.#behind.delete(shard);
  }

  /** A number that is not above the last one changes nothing: a replayed message must not hide a loss. */
  receive(shard: Shard, number: number): Place {
    const received = this.#received.get(shard);
    if (!received) return 'after a hole';
    const { last, base, checked } = received;
    if (number <= base) return 'before';
    if (number <= last) return 'back';
    received.last = number;
    if (number >= checked) this.#behind.delete(shard);
    return number === last + 1 ? 'next' : 'after a hole';
  }

  /** The number of the last message of each shard. Read it before you read the number of the server. */
  lasts(): ReadonlyMap<Shard, number> {
    return new Map([...this.#received].map(([shard, { last }]) => [shard, last]));
  }

  /**
   * Returns true if both of these hold, otherwise resets the shard. First, all messages up to the number of the check
   * before the last one have arrived, since messages may be in transit for a while. Second, the server's number has not
   * gone back below `last_before`.
   */
  check(shard: Shard, number: number, last_before: number): boolean {
    const received = this.#received.get(shard);
    if (!received || received.last < received.checked_before || number < last_before) {
      this.reset(shard, number);
      return false;
    }
    received.checked_before = received.checked;
    received.checked = number;
    if (received.last < number) this.#behind.add(shard);
    return true;
  }
}
