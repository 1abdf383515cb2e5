import { type Random, Weighted } from './random.ts';

/** The next action of a client. `calls.ts` adds ids, tokens and revisions, which are known only during the run. */
export interface Intent {
  readonly kind: IntentKind;
  readonly user: number;
  readonly slot: number;
  readonly node: number;
  /** If not null, waits until this far from the session's deadline, before or after. */
  readonly aim_ms: number | null;
  /** Chooses among the variants of one kind; from 0 to below 1. */
  readonly variant: number;
  /** A second choice, independent of the first. */
  readonly choice: number;
  readonly idle_timeout_ms: number;
  readonly expire_in_ms: number | null;
}

const KINDS = [
  ['open', 6],
  ['openAgain', 2],
  ['get', 20],
  ['validate', 14],
  ['cached', 2],
  ['touch', 14],
  ['replace', 10],
  ['patch', 7],
  ['amend', 3],
  ['rotate', 4],
  ['list', 4],
  ['scan', 3],
  ['count', 4],
  ['close', 2],
  ['duel', 2],
  ['closeMatching', 0.5],
  ['remove', 1],
  ['closeExpired', 0.3],
  ['sweep', 0.2],
  ['stats', 0.1],
] as const;

type IntentKind = (typeof KINDS)[number][0];

const ALL = new Weighted<IntentKind>(KINDS);
/** The calls for quiet slots, whose sessions are mostly touched and validated: their changes are never published. */
const QUIET = new Weighted<IntentKind>([
  ['open', 2],
  ['get', 6],
  ['validate', 30],
  ['cached', 6],
  ['touch', 30],
  ['count', 2],
  ['list', 2],
]);
/** One of this many slots is quiet. */
const QUIET_EVERY = 3;

const IDLE_TIMEOUTS_MS = [50, 50, 100, 100, 200, 400, 1_000, 3_000, 60_000, 3_600_000] as const;
const EXPIRIES_MS = [60, 200, 1_000, 5_000, 600_000] as const;
const EXPIRES_PART = 0.15;
const AIMED_PART = 0.1;
const AIM_MS = 4;

/** Draws the same numbers whatever happens in the run, so that a seed always gives the same intents. */
export class Intents {
  readonly #random: Random;
  readonly #users: number;
  readonly #slots: number;
  readonly #nodes: number;

  constructor(random: Random, { users, slots, nodes }: { users: number; slots: number; nodes: number }) {
    this.#random = random;
    this.#users = users;
    this.#slots = slots;
    this.#nodes = nodes;
  }

  next(): Intent {
    const random = this.#random;
    const [user, slot] = [random.skewed(this.#users), random.skewed(this.#slots)];
    const isAimed = random.chance(AIMED_PART);
    const aim_ms = Math.round((2 * random.next() - 1) * AIM_MS);
    const expires = random.chance(EXPIRES_PART);
    const expire_in_ms = random.pick(EXPIRIES_MS);
    return {
      kind: ((user + slot) % QUIET_EVERY === 0 ? QUIET : ALL).draw(random),
      user,
      slot,
      node: random.below(this.#nodes),
      aim_ms: isAimed ? aim_ms : null,
      variant: random.next(),
      choice: random.next(),
      idle_timeout_ms: random.pick(IDLE_TIMEOUTS_MS),
      expire_in_ms: expires ? expire_in_ms : null,
    };
  }
}
