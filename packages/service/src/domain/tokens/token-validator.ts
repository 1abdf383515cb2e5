import { type ParsedToken, parseToken } from '@pip-sessions/contract/token';
import { EXPIRE, isDue } from '../due-sessions.ts';
import type { CloseReason, Session } from '../session.ts';
import type { LookupResult, SessionLookup } from '../session-lookup.ts';
import { cacheableMs, type SessionsSettings, touchOf } from '../settings.ts';
import type { SessionStore } from '../store.ts';
import { assertMayEnd, type Clock } from '../time/clock.ts';
import type { Touches } from '../touches.ts';
import { judge, seenBy } from './tokens.ts';

/** The result of a validation: the session of a token, or the reason for which the token is not valid. */
export type Validation =
  | {
      readonly active: true;
      readonly session: Session;
      /** How long a client that follows the changes may cache the result; see `cacheableMs`. */
      readonly cacheable_ms: number;
      /** Age of the cached session: time since it was read from the store; 0 if it was read for this call. */
      readonly age_ms: number;
    }
  | { readonly active: false; readonly reason: 'unknown' | CloseReason };

const UNKNOWN: Validation = Object.freeze({ active: false, reason: 'unknown' });

/**
 * The cases that a cached session cannot decide. `due`: open but past its deadline, which only an update of the store
 * decides.
 */
type Undecided = 'unknown' | 'reused' | 'due';

/** Validates tokens. A token that may be stolen ends its session. */
export class Validator {
  readonly #store: SessionStore;
  readonly #lookup: SessionLookup;
  readonly #settings: SessionsSettings;
  readonly #touches: Touches;
  readonly #clock: Clock;

  constructor(store: SessionStore, lookup: SessionLookup, settings: SessionsSettings, touches: Touches, clock: Clock) {
    this.#clock = clock;
    this.#store = store;
    this.#lookup = lookup;
    this.#settings = settings;
    this.#touches = touches;
  }

  async validate(token: string, now: number, age_ms_max = Number.POSITIVE_INFINITY): Promise<Validation> {
    const parsed = parseToken(token);
    if (!parsed) return UNKNOWN;
    const known = await this.#lookup.find(parsed.id, age_ms_max);
    const judged = this.#judge(known, parsed.secret, now);
    return typeof judged === 'string' ? this.#byStore(judged, known, parsed, now) : judged;
  }

  /** Closes a session as `compromised`. Returns its close reason, which is another one if it has ended before. */
  async compromised(id: string, now: number): Promise<'unknown' | CloseReason> {
    // The end of a grace period is a deadline too.
    assertMayEnd(this.#clock);
    const result = await this.#store.update(id, { type: 'close', reason: 'compromised' }, now);
    return result.outcome === 'missing' ? 'unknown' : (result.session.close_reason ?? 'compromised');
  }

  /**
   * Decides by the store what a cached session cannot decide: another node may have rotated the token or written
   * activity since. A session past its deadline in the store is ended there first.
   */
  async #byStore(judged: Undecided, known: LookupResult, parsed: ParsedToken, now: number): Promise<Validation> {
    const { id, secret } = parsed;
    let session: Session | null;
    if (judged === 'due') {
      const result = await this.#lookup.update(id, EXPIRE, now);
      session = result.outcome === 'missing' ? null : result.session;
    } else {
      if (known.age_ms === 0) {
        return judged === 'unknown' ? UNKNOWN : { active: false, reason: await this.compromised(id, now) };
      }
      session = await this.#store.find(id);
    }
    const stored = { session, age_ms: 0 };
    const again = this.#judge(stored, secret, now);
    return typeof again === 'string' ? this.#byStore(again, stored, parsed, now) : again;
  }

  #judge({ session, age_ms }: LookupResult, secret: string, now: number): Validation | Undecided {
    if (!session) return 'unknown';
    const presented = judge(session, secret, now);
    if (presented.is === 'unknown') return 'unknown';
    if (isDue(session, now)) return 'due';
    if (session.close_reason !== null) return { active: false, reason: session.close_reason };
    if (presented.is === 'reused') return 'reused';
    const touch = touchOf(session, this.#settings);
    if (now > session.active_until) this.#touches.add(session.id, touch, now);
    const token_until = presented.is === 'recent' ? presented.grace_until : null;
    const cacheable_ms = cacheableMs(session, touch, token_until, now);
    return { active: true, session: seenBy(session, presented), cacheable_ms, age_ms };
  }
}
