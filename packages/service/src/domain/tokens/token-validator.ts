import { type ParsedToken, parseToken } from '@pip-sessions/contract/token';
import type { CloseReason, Session } from '../session.ts';
import type { LookupResult, SessionLookup } from '../session-lookup.ts';
import { cacheableMs, type SessionsSettings, touchOf } from '../settings.ts';
import type { SessionStore } from '../store.ts';
import { EXPIRE, isDue } from '../sweeps/due-sessions.ts';
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

/** The options of a validation. */
export interface ValidateOptions {
  /** The maximum age of a cached session, in milliseconds; an older one is read from the store. Default: any age. */
  readonly age_ms_max?: number | undefined;
  /** Whether the validation does not count as activity. Default false. */
  readonly is_passive?: boolean | undefined;
}

/** The number of validations, by result. */
type ResultCounts = Record<'active' | 'unknown' | CloseReason, number>;

/** The number of validations that were decided from memory, and that had to wait for the store. */
export interface ValidationCounts {
  readonly memory: ResultCounts;
  readonly store: ResultCounts;
}

type PresentedToken = ParsedToken & { readonly is_passive: boolean };

/** Validates tokens. A token that may be stolen ends its session. */
export class Validator {
  readonly #store: SessionStore;
  readonly #lookup: SessionLookup;
  readonly #settings: SessionsSettings;
  readonly #touches: Touches;
  readonly #clock: Clock;
  readonly counts: ValidationCounts = { memory: noResults(), store: noResults() };

  constructor(store: SessionStore, lookup: SessionLookup, settings: SessionsSettings, touches: Touches, clock: Clock) {
    this.#clock = clock;
    this.#store = store;
    this.#lookup = lookup;
    this.#settings = settings;
    this.#touches = touches;
  }

  /** Returns no promise if the session is in memory: most validations in a list need none. */
  validate(token: string, now: number, options: ValidateOptions = {}): Validation | Promise<Validation> {
    const { age_ms_max = Number.POSITIVE_INFINITY, is_passive = false } = options;
    const parsed = parseToken(token);
    if (!parsed) return this.#counted('memory', UNKNOWN);
    const presented = { ...parsed, is_passive };
    const cached = this.#lookup.peek(parsed.id, age_ms_max);
    if (cached) {
      const decided = this.#decide(cached, presented, now);
      return isDecided(decided) ? this.#counted('memory', decided) : this.#countedLater(decided);
    }
    return this.#lookup.find(parsed.id, age_ms_max).then((known) => {
      const decided = this.#decide(known, presented, now);
      return isDecided(decided) ? this.#counted('store', decided) : this.#countedLater(decided);
    });
  }

  /** Closes a session as `compromised`. Returns its close reason, which is another one if it has ended before. */
  async compromised(id: string, now: number): Promise<'unknown' | CloseReason> {
    // The end of a grace period is a deadline too.
    assertMayEnd(this.#clock);
    const result = await this.#store.update(id, { type: 'close', reason: 'compromised' }, now);
    return result.outcome === 'missing' ? 'unknown' : (result.session.close_reason ?? 'compromised');
  }

  /**
   * Reads the sessions that are not in memory in the same turn of the event loop: stores carry this out as one read. A
   * promise for each token would cost as much as the validation of a session in memory.
   */
  validateMany(
    tokens: readonly string[],
    now: number,
    options?: ValidateOptions,
  ): readonly Validation[] | Promise<readonly Validation[]> {
    const validations = tokens.map((token) => this.validate(token, now, options));
    return validations.every(isDecided) ? validations : Promise.all(validations);
  }

  #counted(source: keyof ValidationCounts, validation: Validation): Validation {
    this.counts[source][validation.active ? 'active' : validation.reason] += 1;
    return validation;
  }

  async #countedLater(validation: Promise<Validation>): Promise<Validation> {
    return this.#counted('store', await validation);
  }

  #decide(known: LookupResult, token: PresentedToken, now: number): Validation | Promise<Validation> {
    const judged = this.#judge(known, token, now);
    return typeof judged === 'string' ? this.#byStore(judged, known, token, now) : judged;
  }

  /**
   * Decides by the store what a cached session cannot decide: another node may have rotated the token or written
   * activity since. A session past its deadline in the store is ended there first.
   */
  async #byStore(judged: Undecided, known: LookupResult, token: PresentedToken, now: number): Promise<Validation> {
    const { id } = token;
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
    const again = this.#judge(stored, token, now);
    return typeof again === 'string' ? this.#byStore(again, stored, token, now) : again;
  }

  #judge({ session, age_ms }: LookupResult, token: PresentedToken, now: number): Validation | Undecided {
    if (!session) return 'unknown';
    const presented = judge(session, token.secret, now);
    if (presented.is === 'unknown') return 'unknown';
    if (isDue(session, now)) return 'due';
    if (session.close_reason !== null) return { active: false, reason: session.close_reason };
    if (presented.is === 'reused') return 'reused';
    const touch = token.is_passive ? null : touchOf(session, this.#settings);
    const isActivity = touch !== null && now > session.active_until;
    if (isActivity) this.#touches.add(session.id, touch, now);
    const seen = seenBy(session, presented);
    const token_until = presented.is === 'recent' ? presented.grace_until : null;
    const cacheable_ms = cacheableMs(session, touch, token_until, now);
    // The response states how long the session lives after this activity.
    return { active: true, session: isActivity ? { ...seen, active_until: now } : seen, cacheable_ms, age_ms };
  }
}

function isDecided(validation: Validation | Promise<Validation>): validation is Validation {
  return 'active' in validation;
}

function noResults(): ResultCounts {
  return { active: 0, unknown: 0, closed: 0, revoked: 0, idle: 0, expired: 0, evicted: 0, compromised: 0 };
}
