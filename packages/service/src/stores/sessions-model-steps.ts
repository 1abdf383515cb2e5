import fc from 'fast-check';

export const MAX = 3;
export const IDLE_MS = 100;
export const GRACE_MS = 40;
/** The activity window of a touch: a tenth of the idle timeout. */
export const TOUCH_WINDOW_MS = 10;
export const LIFETIME_MS = 400;
export const ACTOR_LIFETIME_MS = 150;
export const ACTOR = { actor_type: 'agent', actor_id: 'bot' } as const;
export const USERS = ['x', 'y'];

/** The index of one of the sessions that were opened so far. */
const which = fc.nat({ max: 30 });

/** A random request, or the passing of time. */
export const step = fc.oneof(
  fc.record({
    do: fc.constant('open' as const),
    user: fc.constantFrom(...USERS),
    at_once: fc.integer({ min: 1, max: 5 }),
    has_actor: fc.boolean(),
  }),
  fc.record({ do: fc.constant('validate' as const), which, is_passive: fc.boolean() }),
  fc.record({
    do: fc.constant('validate_many' as const),
    all: fc.array(which, { minLength: 1, maxLength: 6 }),
    is_passive: fc.boolean(),
  }),
  fc.record({ do: fc.constant('touch' as const), which }),
  fc.record({ do: fc.constant('replace' as const), which, at_once: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    do: fc.constant('rotate' as const),
    which,
    generation: fc.nat({ max: 3 }),
    at_once: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ do: fc.constant('amend' as const), which, idle_ms: fc.constantFrom(IDLE_MS, IDLE_MS / 2) }),
  // From the past to beyond every maximum; null for none.
  fc.record({
    do: fc.constant('expire_at' as const),
    which,
    in_ms: fc.option(fc.integer({ min: -20, max: 2 * LIFETIME_MS }), { nil: null }),
  }),
  fc.record({ do: fc.constant('close' as const), which }),
  fc.record({ do: fc.constant('close_all' as const), user: fc.constantFrom(...USERS) }),
  fc.record({ do: fc.constant('sweep' as const) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 60 }) }),
);
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
