import { SCOPES } from '@pip-sessions/contract/scopes';
import { LIMIT_POLICIES, type LimitPolicy } from '../domain/store.ts';
import type { ApiKey } from '../http/authentication/api-keys.ts';
import { LOG_LEVELS, type LogLevel } from '../observability/log-levels.ts';
import {
  apiKeys,
  auditTarget,
  bearerToken,
  hostNames,
  oneOf,
  origins,
  type Reader,
  storeUrl,
  text,
  whole,
} from './values.ts';

/** `none` is the operator's confirmation that only trusted callers can reach the service. */
const AUTH_MODES = ['keys', 'none'] as const;
type AuthMode = (typeof AUTH_MODES)[number];

/** Clients of Pip.Services cannot send a key. Therefore API v1 alone can be `open`, or `off`. */
const V1_MODES = ['keys', 'open', 'off'] as const;
type V1Mode = (typeof V1_MODES)[number];

const SWITCH = ['on', 'off'] as const;
type Switch = (typeof SWITCH)[number];

/** The checked and frozen settings. `SETTINGS` has their meanings and units. */
export interface Config {
  /** The URL of the store: `sqlite:<file>`, `postgres://…`, `redis://…` or `memory:`. */
  readonly store: string;
  /** The address to listen on. */
  readonly host: string;
  /** The port to listen on; 0 for a free one. */
  readonly port: number;
  /** The number of processes that serve the port together. */
  readonly workers: number;
  /** The maximum number of sessions in the memory of a node; 0 for none. */
  readonly cached_sessions: number;
  /** The PEM file with the private key, for HTTPS; null for HTTP. */
  readonly tls_key: string | null;
  /** The PEM file with the certificate and its chain. */
  readonly tls_cert: string | null;
  /** The PEM file with the authorities of client certificates; null if clients need none. */
  readonly tls_ca: string | null;
  /** `keys`, or `none` if the network alone controls access. */
  readonly auth: AuthMode;
  /** The API keys. */
  readonly api_keys: readonly ApiKey[];
  /** The file with further API keys, one a line; null for none. */
  readonly api_keys_file: string | null;
  /** Access to API v1: `keys`, `open` or `off`. */
  readonly v1: V1Mode;
  /** The default idle timeout of a session, in seconds. */
  readonly idle_timeout: number;
  /** The maximum idle timeout of a session, in seconds. */
  readonly idle_timeout_max: number;
  /** The maximum lifetime of a session despite activity, in seconds; 0 for none. */
  readonly max_lifetime: number;
  /** The maximum lifetime of a session with an actor, in seconds. */
  readonly actor_lifetime_max: number;
  /** The activity of a session is written at most once in this time, in seconds. */
  readonly touch_interval: number;
  /** The grace period of a rotated token, in seconds. */
  readonly rotation_grace: number;
  /** The maximum number of live sessions of a user; 0 for any number. */
  readonly max_per_user: number;
  /** The effect of one more session than `max_per_user`. */
  readonly limit_policy: LimitPolicy;
  /** How long ended sessions are stored, in seconds; 0 for ever. */
  readonly retention: number;
  /** The time between two sweeps of expired sessions, in seconds; 0 for no sweeps. */
  readonly sweep_interval: number;
  /** The maximum number of sessions in a page. */
  readonly page_size_max: number;
  /** The maximum size of a request body, in bytes. */
  readonly body_limit: number;
  /** The maximum size of `data`, and of `user`, in API v2, in bytes. */
  readonly value_limit: number;
  /** The maximum number of connections of each process. */
  readonly connections_max: number;
  /** How long a connection may be idle, in seconds. */
  readonly connection_idle_timeout: number;
  /** The maximum share of the capacity that one client address or API key may use, in percent. */
  readonly caller_share: number;
  /** Origins whose pages may call the service. */
  readonly cors_origins: readonly string[];
  /** Host names of endpoints that need no key, besides those of loopback. */
  readonly allowed_hosts: readonly string[];
  /** The minimum level of the lines that are logged. */
  readonly log_level: LogLevel;
  /** The audit log: `stdout` or `file:<path>`; null for none. */
  readonly audit: string | null;
  /** The percentage of reads that the log has. */
  readonly log_reads: number;
  /** Whether the service counts what it does, and serves `/metrics`. */
  readonly metrics: Switch;
  /** Whether the service has its console at `/console/`. */
  readonly console: Switch;
  /** A token that gives access to `/metrics` only; null if there is none. */
  readonly metrics_token: string | null;
}

interface Setting<T> {
  /** The meaning of the setting, with its unit. `--help` shows it. */
  readonly help: string;
  readonly value: T;
  readonly read: Reader<T>;
  /** Errors do not repeat the value. */
  readonly secret?: true;
}

/** Ten years, in seconds. */
const PERIOD_MAX = 315_360_000;
const WORKERS_MAX = 64;
const BYTES_MIN = 1_024;
const BYTES_MAX = 67_108_864;

/** The settings. Each key is `SESSIONS_<KEY>` in the environment, and the same word in lower case in the YAML file. */
export const SETTINGS: { readonly [K in keyof Config]: Setting<Config[K]> } = {
  store: {
    value: 'sqlite:data/sessions.db',
    read: storeUrl,
    secret: true,
    help: 'where sessions are stored: sqlite:<file>, postgres://…, redis://… or memory:',
  },
  host: { value: '127.0.0.1', read: text, help: 'the address to listen on; beyond loopback only with API keys' },
  port: { value: 8080, read: whole(0, 65_535), help: 'the port to listen on, 0 for a free one; PORT is read too' },
  workers: {
    value: 1,
    read: whole(1, WORKERS_MAX),
    help: 'processes that serve the port together; more than 1 require a shared store: postgres: or redis:',
  },
  cached_sessions: {
    value: 100_000,
    read: whole(0, 10_000_000),
    help: 'sessions that a node caches in memory to validate tokens, with postgres: and redis: only, 0 for none',
  },
  tls_key: { value: null, read: text, help: 'the PEM file with the private key, to serve HTTPS' },
  tls_cert: { value: null, read: text, help: 'the PEM file with the certificate and its chain' },
  tls_ca: {
    value: null,
    read: text,
    help: 'the PEM file with the authorities that must have signed the certificates of clients',
  },
  auth: { value: 'keys', read: oneOf(AUTH_MODES), help: 'keys, or none if only trusted callers can reach the service' },
  api_keys: {
    value: [],
    read: apiKeys,
    secret: true,
    help: `name:scope:hash[:expiry] of each API key, separated by commas; the scopes are ${SCOPES.join(', ')}`,
  },
  api_keys_file: { value: null, read: text, help: 'a file with API keys, one a line; a changed file is read again' },
  v1: {
    value: 'keys',
    read: oneOf(V1_MODES),
    help: 'keys, off, or open: everyone who reaches API v1 can read, change and delete every session, including those of API v2',
  },
  idle_timeout: {
    value: 86_400,
    read: whole(1, PERIOD_MAX, 'seconds'),
    help: 'seconds without activity after which a session ends, unless it was opened with another timeout',
  },
  idle_timeout_max: {
    value: 2_592_000,
    read: whole(1, PERIOD_MAX, 'seconds'),
    help: 'the longest idle timeout, in seconds',
  },
  max_lifetime: {
    value: 0,
    read: whole(0, PERIOD_MAX, 'seconds'),
    help: 'seconds after which a session ends despite activity, 0 for no maximum',
  },
  actor_lifetime_max: {
    value: 3_600,
    read: whole(1, PERIOD_MAX, 'seconds'),
    help: 'seconds after which a session that was opened with an actor ends despite activity',
  },
  touch_interval: {
    value: 60,
    read: whole(0, 3_600, 'seconds'),
    help: 'minimum seconds between two writes of the activity of a session',
  },
  rotation_grace: {
    value: 30,
    read: whole(0, 600, 'seconds'),
    help: 'seconds for which a rotated token stays valid',
  },
  max_per_user: {
    value: 0,
    read: whole(0, 10_000),
    help: 'maximum number of live sessions of a user, 0 for no maximum',
  },
  limit_policy: {
    value: 'evict_oldest',
    read: oneOf(LIMIT_POLICIES),
    help: `what happens when a user exceeds max_per_user: ${LIMIT_POLICIES.join(', ')}`,
  },
  retention: {
    value: 2_592_000,
    read: whole(0, PERIOD_MAX, 'seconds'),
    help: 'seconds for which ended sessions stay in the store, 0 for ever',
  },
  sweep_interval: {
    value: 900,
    read: whole(0, 86_400, 'seconds'),
    help: 'seconds between two sweeps of expired sessions, 0 for none',
  },
  page_size_max: { value: 100, read: whole(1, 10_000), help: 'maximum number of sessions on a page of a list' },
  body_limit: {
    value: 1_048_576,
    read: whole(BYTES_MIN, BYTES_MAX, 'bytes'),
    help: 'the largest request body, in bytes',
  },
  value_limit: {
    value: 65_536,
    read: whole(BYTES_MIN, BYTES_MAX, 'bytes'),
    help: 'the largest data or user of a session in API v2, in bytes',
  },
  connections_max: {
    value: 10_000,
    read: whole(10, 1_000_000),
    help: 'maximum number of open connections of each process',
  },
  connection_idle_timeout: {
    value: 650,
    read: whole(2, 86_400, 'seconds'),
    help: 'seconds for which a connection may be idle; must be longer than the idle timeout of a load balancer before it',
  },
  caller_share: {
    value: 25,
    read: whole(1, 100),
    help: 'percent of the connections, change streams and memory that one client address or API key may use',
  },
  cors_origins: { value: [], read: origins, help: 'origins whose pages may call the service, separated by commas' },
  allowed_hosts: {
    value: [],
    read: hostNames,
    help: 'host names allowed in requests without a key, in addition to those of loopback, separated by commas',
  },
  log_level: { value: 'info', read: oneOf(LOG_LEVELS), help: LOG_LEVELS.join(', ') },
  audit: {
    value: null,
    read: auditTarget,
    help: 'file:<path> or stdout: an audit log of who ended, deleted, exported or impersonated what',
  },
  log_reads: {
    value: 0,
    read: whole(0, 100),
    help: 'percentage of requests that change nothing (validate, GET) of which the log has a line; 100 for all',
  },
  console: { value: 'on', read: oneOf(SWITCH), help: 'on, or off for a service without the console at /console/' },
  metrics: { value: 'on', read: oneOf(SWITCH), help: 'on, or off for a service without /metrics' },
  metrics_token: {
    value: null,
    read: bearerToken,
    secret: true,
    help: 'a token for /metrics only, of at least 16 characters; keys of scope validate can read /metrics too',
  },
};
