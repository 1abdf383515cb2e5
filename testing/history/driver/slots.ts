import type { Answered, Seen } from '../history.ts';

/** A session as its clients know it. */
export interface Held {
  readonly number: number;
  readonly id: string;
  readonly user: string;
  /** The idempotency key of its open request; null for none. */
  readonly key: string | null;
  /** Its tokens, the oldest first; empty for a session without a token. */
  readonly tokens: string[];
  idle_timeout_ms: number;
  expire_time: number | null;
  revision: number;
  request_time: number;
  is_removed: boolean;
}

/** A place for one session of a user at a time. */
export interface Slot {
  readonly user: string;
  held: Held | null;
  /** The previous session, which may still be live. */
  previous: Held | null;
  /** The idempotency key of the last open request, whose outcome may be unknown. */
  key: string | null;
}

/** Longer than a cache may show a session that has ended. */
const ELDERS_MS = 8_000;
const ELDERS_MAX = 150;

/** The sessions that all clients share, as their responses show them. */
export class Slots {
  readonly #slots: readonly (readonly Slot[])[];
  readonly #byNumber = new Map<number, Held>();
  /** Sessions that no slot has any more, with their time: caches may still have them. */
  #elders: { readonly held: Held; readonly since: number }[] = [];

  constructor(users: number, slots: number) {
    this.#slots = Array.from({ length: users }, (_, user) =>
      Array.from({ length: slots }, () => ({ user: `user-${user}`, held: null, previous: null, key: null })),
    );
  }

  at(user: number, slot: number): Slot {
    const found = this.#slots[user]?.[slot];
    if (!found) throw new Error(`User ${user} has no slot ${slot}.`);
    return found;
  }

  /** Updates the sessions from a response. */
  note({ operation, result }: Answered, slot: Slot): void {
    if (result.is === 'opened' && operation.kind === 'open') {
      this.#hold(slot, result.session, result.token, operation.key);
    } else if (result.is === 'session' || result.is === 'rotated') {
      const held = this.#byNumber.get(result.session.number);
      if (!held) return;
      if (result.session.revision >= held.revision) {
        const { revision, idle_timeout_ms, expire_time } = result.session;
        Object.assign(held, { revision, idle_timeout_ms, expire_time });
      }
      held.request_time = Math.max(held.request_time, result.session.request_time);
      if (operation.kind === 'remove') held.is_removed = true;
      if (result.is === 'rotated' && !held.tokens.includes(result.token)) held.tokens.push(result.token);
    }
  }

  /** One of the sessions that no slot has any more. */
  elder(choice: number): Held | null {
    return this.#elders[Math.floor(choice * this.#elders.length)]?.held ?? null;
  }

  /** Whether clients may still use this session. */
  holds(number: number): boolean {
    const held = this.#byNumber.get(number);
    if (!held || held.is_removed) return false;
    if (this.#elders.some((elder) => elder.held === held)) return true;
    return this.#slots.some((slots) => slots.some((slot) => slot.held === held));
  }

  /** Drops the sessions that were kept long enough. */
  age(): void {
    const before = Date.now() - ELDERS_MS;
    this.#elders = this.#elders.filter(({ held, since }) => since > before && !held.is_removed);
  }

  /** No client uses these sessions any more. */
  forget(numbers: ReadonlySet<number>): void {
    for (const number of numbers) this.#byNumber.delete(number);
    for (const slot of this.#slots.flat()) {
      if (slot.held && numbers.has(slot.held.number)) slot.held = null;
      if (slot.previous && numbers.has(slot.previous.number)) slot.previous = null;
    }
  }

  /** The store has lost all data. */
  clear(): void {
    this.#byNumber.clear();
    this.#elders = [];
    for (const slot of this.#slots.flat()) Object.assign(slot, { held: null, previous: null, key: null });
  }

  #leave(slot: Slot, held: Held): void {
    slot.previous = held;
    this.keepLong(held);
  }

  /** Lets clients use a session for some more time. */
  keepLong(held: Held): void {
    if (this.#elders.length >= ELDERS_MAX || held.tokens.length === 0 || held.is_removed) return;
    if (!this.#elders.some((elder) => elder.held === held)) this.#elders.push({ held, since: Date.now() });
  }

  #hold(slot: Slot, session: Seen, token: string | null, key: string | null): void {
    const { number, id, user, idle_timeout_ms, expire_time, revision, request_time } = session;
    if (slot.held?.number === number || this.#byNumber.has(number)) return;
    const held: Held = {
      number,
      id,
      user,
      key,
      tokens: token === null ? [] : [token],
      idle_timeout_ms,
      expire_time,
      revision,
      request_time,
      is_removed: false,
    };
    this.#byNumber.set(number, held);
    if (slot.held) this.#leave(slot, slot.held);
    slot.held = held;
  }
}
