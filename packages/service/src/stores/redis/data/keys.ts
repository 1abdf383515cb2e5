import { invalidMember } from '../../../domain/errors.ts';
import { isOwnId, userPrefix } from '../../../domain/ids.ts';

/** A part of all sessions. Its keys share a hash tag, and so one slot of a cluster. */
export type Shard = string;

/** The shard of ids that do not contain their user's prefix. It also has the data common to all shards. */
const FOREIGN: Shard = 'x';

export const SHARD_COUNTS = [1, 16, 256] as const;
export type ShardCount = (typeof SHARD_COUNTS)[number];

/** The indexes of a shard. */
export const INDEXES = ['opened', 'active', 'due', 'ended'] as const;
export type Index = (typeof INDEXES)[number];
export const USER_INDEXES = ['opened', 'active', 'due'] as const;
type UserIndex = (typeof USER_INDEXES)[number];

/**
 * The names of all keys.
 *
 * The shard of an id is its first hex digits, which all sessions of a user share. So one script can change a session,
 * its user's index and the shard's part of the global indexes, even in a cluster. Imported sessions may have other ids;
 * these are in a separate shard.
 */
export class Keys {
  readonly shards: readonly Shard[];
  readonly channel: string;
  readonly #prefix: string;
  /** The number of leading hex digits of an id that name its shard. */
  readonly #digits: number;

  constructor(prefix: string, shard_count: ShardCount) {
    this.#prefix = prefix;
    this.#digits = shard_count === 1 ? 0 : shard_count === 16 ? 1 : 2;
    const own = Array.from({ length: shard_count }, (_, n) => n.toString(16).padStart(this.#digits, '0'));
    this.shards = this.#digits === 0 ? [FOREIGN] : [...own, FOREIGN];
    this.channel = `${prefix}:changes`;
  }

  shardOf(id: string): Shard {
    return this.#digits > 0 && isOwnId(id) ? id.slice(0, this.#digits) : FOREIGN;
  }

  /** The shards that may have sessions of a user. */
  shardsOf(user_id: string): readonly Shard[] {
    return this.#digits === 0 ? [FOREIGN] : [userPrefix(user_id).slice(0, this.#digits), FOREIGN];
  }

  session(id: string): string {
    return `${this.#prefix}:{${this.shardOf(id)}}:s:${id}`;
  }

  index(shard: Shard, index: Index): string {
    return `${this.#prefix}:{${shard}}:${index}`;
  }

  userIndex(shard: Shard, index: UserIndex, user_id: string): string {
    return `${this.#prefix}:{${shard}}:u:${index}:${user_id}`;
  }

  /** How many sessions were opened and closed in each hour. */
  hours(shard: Shard): string {
    return `${this.#prefix}:{${shard}}:hours`;
  }

  /** The number of the last feed message. */
  seq(shard: Shard): string {
    return `${this.#prefix}:{${shard}}:seq`;
  }

  /** The version of the data layout and the number of shards. */
  get layout(): string {
    return `${this.#prefix}:{${FOREIGN}}:layout`;
  }

  /** The key that encrypts the messages of the feed. */
  get feedKey(): string {
    return `${this.#prefix}:{${FOREIGN}}:feed-key`;
  }

  get lease(): string {
    return `${this.#prefix}:{${FOREIGN}}:lease`;
  }

  /** The shard of `layout`, `feedKey` and `lease`. */
  get commonShard(): Shard {
    return FOREIGN;
  }
}

/**
 * Throws `INVALID_DATA` for an id in the format of this service that has another user's prefix: no list of the user
 * would find it.
 */
export function assertFindable(id: string, user_id: string): void {
  if (isOwnId(id) && !id.startsWith(userPrefix(user_id))) {
    throw invalidMember('id', 'has the prefix of another user_id');
  }
}
