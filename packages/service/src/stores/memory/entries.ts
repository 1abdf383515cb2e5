import { deadline, type Session } from '../../domain/session.ts';
import { OrderedIndex } from './ordered-index.ts';

/** A session with its places in the indexes. Remove it from the indexes before you change it. */
export interface Entry {
  session: Session;
  ended: boolean;
  /**
   * When to check whether the session is past its deadline: at the deadline, or earlier if activity has moved it since.
   */
  due: number;
}

/** The ordered indexes of one user, or of all users. */
export interface Orders {
  /** Latest activity first. */
  readonly byTime: OrderedIndex<Entry>;
  /** Latest `open_time` first. */
  readonly byOpenTime: OrderedIndex<Entry>;
}

/** All sessions, in every order that a query needs. Each change costs O(log n). */
export class Entries {
  readonly #entries = new Map<string, Entry>();
  readonly #byUser = new Map<string, Orders>();
  readonly all: Orders = newOrders();
  /** Open sessions, the next one to check first. */
  readonly byDue = new OrderedIndex<Entry>((a, b) => a.due - b.due || byId(a, b));
  /** Ended sessions, the earliest end first. */
  readonly byEnd = new OrderedIndex<Entry>((a, b) => endOf(a) - endOf(b) || byId(a, b));

  get size(): number {
    return this.#entries.size;
  }

  get(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  ofUser(user_id: string): Orders | undefined {
    return this.#byUser.get(user_id);
  }

  /** Stores a frozen copy, because callers receive the stored object itself. */
  add(session: Session): void {
    const ended = session.close_time !== null;
    const entry = { session: Object.freeze({ ...session }), ended, due: deadline(session) };
    this.#entries.set(session.id, entry);
    if (!ended) this.byDue.insert(entry);
    this.#index(entry);
  }

  replace(entry: Entry, session: Session): void {
    const ended = session.close_time !== null;
    this.#unindex(entry);
    if (ended && !entry.ended) this.byDue.delete(entry);
    entry.session = Object.freeze(session);
    entry.ended = ended;
    if (!ended && deadline(session) < entry.due) this.postpone(entry);
    this.#index(entry);
  }

  drop(entry: Entry): void {
    this.#entries.delete(entry.session.id);
    if (!entry.ended) this.byDue.delete(entry);
    this.#unindex(entry);
  }

  /** Schedules the next check for the present deadline. */
  postpone(entry: Entry): void {
    this.byDue.delete(entry);
    entry.due = deadline(entry.session);
    this.byDue.insert(entry);
  }

  #index(entry: Entry): void {
    const { user_id } = entry.session;
    let ofUser = this.#byUser.get(user_id);
    if (!ofUser) {
      ofUser = newOrders();
      this.#byUser.set(user_id, ofUser);
    }
    for (const { byTime, byOpenTime } of [this.all, ofUser]) {
      byTime.insert(entry);
      byOpenTime.insert(entry);
    }
    if (entry.ended) this.byEnd.insert(entry);
  }

  #unindex(entry: Entry): void {
    const { user_id } = entry.session;
    const ofUser = this.#byUser.get(user_id);
    for (const orders of [this.all, ofUser]) {
      orders?.byTime.delete(entry);
      orders?.byOpenTime.delete(entry);
    }
    if (ofUser?.byTime.size === 0) this.#byUser.delete(user_id);
    if (entry.ended) this.byEnd.delete(entry);
  }
}

function newOrders(): Orders {
  return {
    byTime: new OrderedIndex<Entry>((a, b) => b.session.request_time - a.session.request_time || byId(a, b)),
    byOpenTime: new OrderedIndex<Entry>((a, b) => b.session.open_time - a.session.open_time || byId(a, b)),
  };
}

function endOf({ session }: Entry): number {
  return session.close_time ?? Number.POSITIVE_INFINITY;
}

function byId(a: Entry, b: Entry): number {
  return a.session.id < b.session.id ? -1 : a.session.id > b.session.id ? 1 : 0;
}
