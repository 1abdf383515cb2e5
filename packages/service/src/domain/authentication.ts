/** How the user proved who they are, for step-up (ASVS 7.5.3). */
export interface Authentication {
  readonly auth_time: number;
  readonly auth_methods: readonly string[];
  readonly auth_level: number | null;
}

/** The caller has authenticated the user, and says no more about it. */
export function defaultAuthentication(now: number): Authentication {
  return { auth_time: now, auth_methods: [], auth_level: null };
}
