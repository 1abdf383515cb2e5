import { memberNames } from '../../../domain/members.ts';
import type { Session } from '../../../domain/session.ts';

/** The memory of an entry without its texts: the object, string headers and the map entry. */
const ENTRY_BYTES = 600;
/** The memory of a token's state, and of each past secret in it. */
const TOKEN_BYTES = 300;
const PAST_SECRET_BYTES = 250;

/**
 * Caches sessions as they are on disk, by id. Its size is bounded: when the younger half is full, it becomes the older
 * half, and the entries of the previous older half are evicted. An entry that is read moves to the younger half.
 */
export class SessionCache {
  readonly #half_bytes_max: number;
  #younger = new Map<string, Session>();
  #older = new Map<string, Session>();
  #younger_bytes = 0;

  constructor(bytes_max: number) {
    this.#half_bytes_max = bytes_max / 2;
  }

  get(id: string): Session | undefined {
    const session = this.#younger.get(id);
    if (session) return session;
    const old = this.#older.get(id);
    if (old) this.set(old);
    return old;
  }

  set(session: Session): void {
    this.delete(session.id);
    this.#younger_bytes += sizeOf(session);
    if (this.#younger_bytes > this.#half_bytes_max) {
      this.#older = this.#younger;
      this.#younger = new Map();
      this.#younger_bytes = sizeOf(session);
    }
    this.#younger.set(session.id, session);
  }

  delete(id: string): void {
    const session = this.#younger.get(id);
    if (session) {
      this.#younger.delete(id);
      this.#younger_bytes -= sizeOf(session);
    }
    this.#older.delete(id);
  }

  clear(): void {
    this.#younger.clear();
    this.#older.clear();
    this.#younger_bytes = 0;
  }
}

function sizeOf(session: Session): number {
  const { token } = session;
  const secrets = token === null ? 0 : TOKEN_BYTES + PAST_SECRET_BYTES * token.past.length;
  return ENTRY_BYTES + 2 * lengthOfTexts(session) + secrets;
}

/** The length of all properties that may be long. The code is generated once, and ten times as fast as a loop. */
const lengthOfTexts: (session: Session) => number = compileLength();

function compileLength(): (session: Session) => number {
  const texts = memberNames(({ kind, isNullable }) => kind === 'json' || (kind === 'text' && isNullable));
  const lengths = texts.map((name) => `(session.${name} === null ? 0 : session.${name}.length)`);
  return new Function('session', `return ${lengths.join(' + ')};`) as (session: Session) => number;
}
