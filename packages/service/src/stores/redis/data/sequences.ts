import type { Shard } from './keys.ts';

interface Heard {
  /** The number of the last message. */
  last: number;
  /** What the server said when the numbers were last taken over: messages up to it may come late, and say nothing new. */
  base: number;
  /** What it said when it was last asked, and the time before. */
  asked: number;
  asked_before: number;
}

/** The place of a message in the sequence of its shard. */
type Place =
  /** It follows. */
  | 'next'
  /** Others between were missed. */
  | 'after a hole'
  /** It is from before the numbers were taken over: its changes were in the store by then. */
  | 'before'
  /** Its number was there, or the server has gone back. */
  | 'back';

/**
 * Whether messages were missed. Those of a shard are numbered by its server, one after the other; but the last ones of all
 * can be lost without a hole, and in a failover the numbers can go back: so the server is asked for its number too.
 */
export class Sequences {
  readonly #heard = new Map<Shard, Heard>();
  /** Shards of which not all is heard yet up to what the server has said. */
  readonly #behind = new Set<Shard>();

  /** Whether everything was heard up to what the servers have said. */
  get isWhole(): boolean {
    return this.#behind.size === 0;
  }

  /** Takes over a server's number: what was before it does not count as missed. */
  reset(shard: Shard, number: number): void {
    this.#heard.set(shard, { last: number, base: number, asked: number, asked_before: number });
    this.#behind.delete(shard);
  }

  /** A number that is not above the last one changes nothing here: a copy of a message must not hide a loss. */
  hear(shard: Shard, number: number): Place {
    const heard = this.#heard.get(shard);
    if (!heard) return 'after a hole';
    const { last, base, asked } = heard;
    if (number <= base) return 'before';
    if (number <= last) return 'back';
    heard.last = number;
    if (number >= asked) this.#behind.delete(shard);
    return number === last + 1 ? 'next' : 'after a hole';
  }

  /** Of each shard the number of the last message: to be taken before the server is asked. */
  lasts(): ReadonlyMap<Shard, number> {
    return new Map([...this.#heard].map(([shard, { last }]) => [shard, last]));
  }

  /**
   * Whether all was heard up to what the server had said two times before, since messages may be on their way for a while;
   * and whether its number has not gone back from what was heard (`lasts`) before it was asked. Else takes it over.
   */
  check(shard: Shard, number: number, last_before: number): boolean {
    const heard = this.#heard.get(shard);
    if (!heard || heard.last < heard.asked_before || number < last_before) {
      this.reset(shard, number);
      return false;
    }
    heard.asked_before = heard.asked;
    heard.asked = number;
    if (heard.last < number) this.#behind.add(shard);
    return true;
  }
}
