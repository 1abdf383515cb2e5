/** How the user authenticated. Applications use it for step-up authentication (ASVS 7.5.3). */
export interface Authentication {
  /** When the user last authenticated, in milliseconds since 1970. */
  readonly auth_time: number;
  /** How the user authenticated, such as `pwd`, `otp` and `hwk` (RFC 8176). */
  readonly auth_methods: readonly string[];
  /** How strong the authentication was: a higher number is stronger. Null if the application does not say. */
  readonly auth_level: number | null;
}

/** The authentication of a session whose open request has no details: the user authenticated now. */
export function defaultAuthentication(now: number): Authentication {
  return { auth_time: now, auth_methods: [], auth_level: null };
}
