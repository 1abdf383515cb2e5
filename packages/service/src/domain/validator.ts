import type { Known, SessionLookup } from './lookup.ts';
import { asOf, type CloseReason, type Session } from './session.ts';
import { keptFor, type SessionsSettings, touchOf } from './settings.ts';
import type { SessionStore } from './store.ts';
import { judge, parseToken } from './tokens.ts';
import type { Touches } from './touches.ts';

export type Validation =
  | {
      readonly active: true;
      readonly session: Session;
      /** For how long the answer may be kept by who hears of changes; see `keptFor`. */
      readonly keep_ms: number;
      /** How long ago the store was asked; 0 when it was asked for this. */
      readonly age_ms: number;
    }
  | { readonly active: false; readonly reason: 'unknown' | CloseReason };

const UNKNOWN: Validation = Object.freeze({ active: false, reason: 'unknown' });

/** Says whether a token is good, and ends the session of one that somebody else must have. */
export class Validator {
  readonly #store: SessionStore;
  readonly #lookup: SessionLookup;
  readonly #settings: SessionsSettings;
  readonly #touches: Touches;

  constructor(store: SessionStore, lookup: SessionLookup, settings: SessionsSettings, touches: Touches) {
    this.#store = store;
    this.#lookup = lookup;
    this.#settings = settings;
    this.#touches = touches;
  }

  async validate(token: string, now: number, age_ms_max = Number.POSITIVE_INFINITY): Promise<Validation> {
    const parsed = parseToken(token);
    if (!parsed) return UNKNOWN;
    const { id, secret } = parsed;
    const known = await this.#lookup.find(id, age_ms_max);
    let judged = this.#judge(known, secret, now);
    if (known.age_ms > 0 && (judged === UNKNOWN || judged === 'reused')) {
      // What was known a moment ago may lack a token that another node has given out since.
      judged = this.#judge({ session: await this.#store.find(id), age_ms: 0 }, secret, now);
    }
    return judged === 'reused' ? { active: false, reason: await this.compromised(id, now) } : judged;
  }

  /** Why the session has ended, which is this unless something else came first. */
  async compromised(id: string, now: number): Promise<'unknown' | CloseReason> {
    const result = await this.#store.update(id, { type: 'close', reason: 'compromised' }, now);
    return result.outcome === 'missing' ? 'unknown' : (asOf(result.session, now).close_reason ?? 'compromised');
  }

  #judge({ session: found, age_ms }: Known, secret: string, now: number): Validation | 'reused' {
    if (!found) return UNKNOWN;
    const session = asOf(found, now);
    const presented = judge(session, secret, now);
    if (presented.is === 'unknown') return UNKNOWN;
    if (session.close_reason !== null) return { active: false, reason: session.close_reason };
    if (presented.is === 'reused') return 'reused';
    const touch = touchOf(session, this.#settings);
    if (now > session.active_until) this.#touches.add(session.id, touch, now);
    return { active: true, session, keep_ms: keptFor(session, touch, now), age_ms };
  }
}
