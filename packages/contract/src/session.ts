import type { Actor } from './actor.ts';
import type { CloseReason } from './close-reasons.ts';

/** One sign-in of one user without the values of the application: the form that lists return. */
export interface SessionSummary {
  /** Identifies the session. Without the token, the id gives no access to it. */
  readonly id: string;
  /** The id of the user, in the application's own terms. */
  readonly user_id: string;
  /** The name of the user to show; null if the application gave none. */
  readonly user_name: string | null;
  /** Where the user signed in, in the application's own terms: usually an IP address. */
  readonly address: string | null;
  /** The device or program of the user, in the application's own terms: usually the user agent. */
  readonly client: string | null;
  /** False once the session was closed or has passed one of its deadlines. */
  readonly active: boolean;
  /** When the session was opened. */
  readonly open_time: string;
  /** The last activity, as precisely as touches are recorded. */
  readonly request_time: string;
  /** The session ends after this time without activity, in seconds. */
  readonly idle_timeout: number;
  /** The absolute deadline; null for none. */
  readonly expire_time: string | null;
  /**
   * Whole seconds until the session ends without further activity, at the time of the response; null once it has ended.
   */
  readonly expires_in: number | null;
  /** When the session ended; null while it is active. */
  readonly close_time: string | null;
  /** Why the session ended; null while it is active. */
  readonly close_reason: CloseReason | null;
  /**
   * The person or program that ended the session: `user`, `key:<name of the API key>` (`anonymous` without keys), or what
   * the caller of the close gave. `policy` for a timeout or a limit, `system` for a reused token. Null while it is active.
   */
  readonly closed_by: string | null;
  /** Increases with every change except a touch. The ETag is the same number in quotes. */
  readonly revision: number;
  /** When the user last authenticated; for step-up (ASVS 7.5.3). */
  readonly auth_time: string;
  /**
   * How the user authenticated, in the application's own terms. RFC 8176 defines names such as `pwd`, `otp` and `hwk`.
   */
  readonly auth_methods: readonly string[];
  /**
   * How strong the authentication was: a higher number is stronger, such as 1 to 3 of NIST SP 800-63B. Null if the
   * application does not say.
   */
  readonly auth_level: number | null;
  /** The person or program that acts in the user's name; null for the user. */
  readonly actor: SessionActor | null;
}

/** The actor of a session. */
export type SessionActor = Required<Actor>;

/**
 * A session with the values of the application: any JSON values, null once the session has ended.
 *
 * `User` and `Data` are the application's own types, which nothing checks. They must include null if it opens sessions
 * without a value.
 */
export interface Session<User = unknown, Data = unknown> extends SessionSummary {
  /** The application's value about the user. */
  readonly user: User;
  /** The application's value for this session. */
  readonly data: Data;
}

/**
 * The properties that describe the user and the device. An application sets them with `open` and `update`; each is a
 * string or null.
 */
export const SESSION_NAMES = ['user_name', 'address', 'client'] as const satisfies readonly (keyof SessionSummary)[];
/** The properties of `SESSION_NAMES`, each optional. */
export type SessionNames = { readonly [Name in (typeof SESSION_NAMES)[number]]?: string | null };

/** A property of a session on the wire. */
export interface SessionProperty {
  /** The type of its values. A `time` is `YYYY-MM-DDTHH:mm:ss.sssZ`. */
  readonly type:
    | 'string'
    | 'boolean'
    | 'time'
    | 'seconds'
    | 'seconds_left'
    | 'integer'
    | 'close_reason'
    | 'strings'
    | 'actor';
  /** Whether its value can be null. */
  readonly isNullable: boolean;
  /** Its description in the OpenAPI document. */
  readonly description?: string;
}

/** The properties of a session in the order of its JSON, before `user` and `data`. */
export const SESSION_PROPERTIES: Readonly<Record<keyof SessionSummary, SessionProperty>> = {
  id: required('string', 'Identifies the session; without the token, the id gives no access to it'),
  user_id: required('string', 'The user, in the terms of the application'),
  user_name: nullable('string', 'The name to show'),
  address: nullable('string', 'Where the user signed in, usually an IP address'),
  client: nullable('string', 'The device or program of the user, usually the user agent'),
  active: required('boolean', 'False once the session was closed or has passed one of its deadlines'),
  open_time: required('time', 'When it was opened'),
  request_time: required('time', 'The last activity, as precisely as touches are recorded'),
  idle_timeout: required('seconds', 'The session ends after this time without activity, in seconds'),
  expire_time: nullable('time', 'The absolute deadline; null for none'),
  expires_in: nullable(
    'seconds_left',
    'Whole seconds until the session ends without further activity, at the time of the response; null once it has ended',
  ),
  close_time: nullable('time', 'Null while the session is active'),
  close_reason: nullable('close_reason', 'Null while the session is active'),
  closed_by: nullable(
    'string',
    'Who ended it: `user`, `key:<name of the API key>`, `anonymous` (no key), `policy` (timeout, limit), `system` (reused token), or what the caller gave',
  ),
  revision: required('integer', 'Increases with every change except a touch; the ETag is the same number in quotes'),
  auth_time: required('time', 'When the user last authenticated'),
  auth_methods: required('strings', 'How the user authenticated, such as pwd, otp or hwk (RFC 8176)'),
  auth_level: nullable('integer', 'How strong the authentication was; null if the application does not say'),
  actor: nullable('actor', 'Who acts in the name of the user (RFC 8693); null for the user'),
};

function required(type: SessionProperty['type'], description?: string): SessionProperty {
  return { type, isNullable: false, ...(description !== undefined && { description }) };
}

function nullable(type: SessionProperty['type'], description: string): SessionProperty {
  return { type, isNullable: true, description };
}
