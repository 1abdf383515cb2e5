import type { CloseReason } from './close-reasons.ts';

/** One sign-in of one user, without what belongs to the application: what lists answer. */
export interface SessionSummary {
  /** Names the session; of no use without its token to whoever knows it. */
  readonly id: string;
  readonly user_id: string;
  readonly user_name: string | null;
  /** Where the user came from, in the application's own terms: usually an IP address. */
  readonly address: string | null;
  /** With what the user came, in the application's own terms: usually the user agent. */
  readonly client: string | null;
  /** False once the session was closed or has passed one of its deadlines. */
  readonly active: boolean;
  readonly open_time: string;
  /** The last activity, as precisely as touches are recorded. */
  readonly request_time: string;
  /** Seconds without activity that end it. */
  readonly idle_timeout: number;
  /** The absolute deadline; null for none. */
  readonly expire_time: string | null;
  /** Null while the session is active. */
  readonly close_time: string | null;
  readonly close_reason: CloseReason | null;
  /** Grows with every change but a touch. Its ETag is the same number in quotes. */
  readonly revision: number;
  /** When the user last proved who they are; for step-up (ASVS 7.5.3). */
  readonly auth_time: string;
  /** How, in the application's own terms: RFC 8176 has names like `pwd`, `otp`, `hwk`. */
  readonly auth_methods: readonly string[];
  /** How surely, higher is surer, like 1 to 3 of NIST SP 800-63B; null when the application does not say. */
  readonly auth_level: number | null;
}

/**
 * A session with what belongs to the application: any JSON values, null once the session has ended. `User` and `Data` are
 * the application's own types, which nothing checks; they include null where it opens sessions without a value.
 */
export interface Session<User = unknown, Data = unknown> extends SessionSummary {
  readonly user: User;
  readonly data: Data;
}

/** What an application says of the user and the device, at the opening and later; each a text or null. */
export const SESSION_NAMES = ['user_name', 'address', 'client'] as const satisfies readonly (keyof SessionSummary)[];
export type SessionNames = { readonly [Name in (typeof SESSION_NAMES)[number]]?: string | null };

/** A property of a session on the wire. */
export interface SessionProperty {
  /** A `time` is `YYYY-MM-DDTHH:mm:ss.sssZ`. */
  readonly type: 'string' | 'boolean' | 'time' | 'seconds' | 'integer' | 'close_reason' | 'strings';
  readonly isNullable: boolean;
  readonly description?: string;
}

/** The properties of a session in the order of the wire, before `user` and `data`. */
export const SESSION_PROPERTIES: Readonly<Record<keyof SessionSummary, SessionProperty>> = {
  id: required('string', 'Names the session; of no use without its token to whoever knows it'),
  user_id: required('string'),
  user_name: nullable('string', 'The name to show'),
  address: nullable('string', 'Where the user came from, usually an IP address'),
  client: nullable('string', 'With what the user came, usually the user agent'),
  active: required('boolean', 'False once the session was closed or has passed one of its deadlines'),
  open_time: required('time', 'When it was opened'),
  request_time: required('time', 'The last activity, as precisely as touches are recorded'),
  idle_timeout: required('seconds', 'Seconds without activity that end it'),
  expire_time: nullable('time', 'The absolute deadline; null for none'),
  close_time: nullable('time', 'Null while the session is active'),
  close_reason: nullable('close_reason', 'Null while the session is active'),
  revision: required('integer', 'Grows with every change but a touch; the ETag is the same number in quotes'),
  auth_time: required('time', 'When the user last proved who they are'),
  auth_methods: required('strings', 'How'),
  auth_level: nullable('integer', 'How surely; null when the application does not say'),
};

function required(type: SessionProperty['type'], description?: string): SessionProperty {
  return { type, isNullable: false, ...(description !== undefined && { description }) };
}

function nullable(type: SessionProperty['type'], description: string): SessionProperty {
  return { type, isNullable: true, description };
}
