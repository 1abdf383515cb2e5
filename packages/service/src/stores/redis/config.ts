import { SessionsError } from '../../domain/errors.ts';
import type { StoreOptions } from '../shared/store-url.ts';
import { textOfFile } from '../shared/url-file.ts';
import { SHARD_COUNTS, type ShardCount } from './data/keys.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** PEM texts: the certificate of the authority, and this client's certificate and key. */
interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** One server, a cluster, or a master that sentinels watch. */
type Topology =
  | { readonly type: 'single' }
  | { readonly type: 'cluster' }
  | { readonly type: 'sentinel'; readonly name: string };

export interface RedisStoreConfig {
  readonly topology: Topology;
  /** The server, some nodes of the cluster, or the sentinels. */
  readonly addresses: readonly Address[];
  readonly tls: boolean;
  readonly tls_files: TlsFiles;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  /** Prefix of all keys and of the channel. */
  readonly prefix: string;
  readonly shards: ShardCount;
  /** How many replicas must have a write before it succeeds. */
  readonly replicas: number;
  /** How long a write waits for the replicas. */
  readonly replicas_timeout_ms: number;
  /** Timeout of a call, except for those that may have to look at every session. */
  readonly call_timeout_ms: number;
  /** Timeout of lists, counts and bulk changes. */
  readonly slow_timeout_ms: number;
  /** How long a start waits for the servers. */
  readonly open_timeout_ms: number;
  /** A server that is silent for this time counts as lost: its connection is replaced. */
  readonly silence_timeout_ms: number;
  /** How many calls may be in progress; further calls are rejected. */
  readonly calls_max: number;
  /** How many commands may wait for one server. */
  readonly commands_max: number;
  /** How often the feed compares the message numbers it has received with those of the servers. */
  readonly feed_poll_ms: number;
  /** How long sessions are stored after their end; null for no limit. */
  readonly retention_ms: number | null;
}

const PORT = 6379;
const PARAMETERS = [
  'cluster',
  'sentinel',
  'prefix',
  'shards',
  'replicas',
  'call_timeout_ms',
  'open_timeout_ms',
  'tls_ca',
  'tls_cert',
  'tls_key',
];
const URL_FORM = /^redis(s?):\/\/(?:([^@/?#:]*)(?::([^@/?#]*))?@)?([^@/?#]+)(?:\/(\d{0,4}))?(?:\?([^#]*))?$/;
const HOST_FORM = /^(\[[0-9a-fA-F:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/;

/**
 * Parses `redis://user:password@host:6379/0`, or `rediss://…` for TLS. Several hosts are separated by commas.
 * Parameters, with their defaults:
 *
 * - `cluster=true`: the hosts are nodes of a cluster.
 * - `sentinel=<name of the master>`: the hosts are sentinels.
 * - `prefix` of all keys: `ps`.
 * - `shards`: 1, 16 (the default) or 256; cannot be changed later.
 * - `replicas` that must have a write before it succeeds: 0.
 * - `call_timeout_ms`: 1500.
 * - `open_timeout_ms`: 5000.
 * - `tls_ca`, `tls_cert` and `tls_key`: files, only with `rediss:`.
 *
 * Throws `INVALID_CONFIG`.
 */
export function redisStoreConfig(url: string, options: StoreOptions): RedisStoreConfig {
  const [, s, username = '', password = '', hosts = '', database = '', query = ''] = URL_FORM.exec(url) ?? [];
  if (hosts === '') throw invalid('should look like "redis://host:6379/0" or "rediss://user:password@host:6379"');
  const parameters = parametersOf(query);
  const topology = topologyOf(parameters);
  const config: RedisStoreConfig = {
    topology,
    addresses: hosts.split(',').map(addressOf),
    tls: s === 's',
    tls_files: tlsFilesOf(parameters, s === 's'),
    username: decoded('user name', username) || undefined,
    password: decoded('password', password) || undefined,
    database: Number(database),
    prefix: parameters.get('prefix') ?? 'ps',
    shards: shardsOf(parameters),
    replicas: numberOf(parameters, 'replicas', 0, 0, 10),
    // Shorter than the timeout of /readyz, so that /readyz can name the reason.
    replicas_timeout_ms: 900,
    call_timeout_ms: numberOf(parameters, 'call_timeout_ms', 1_500, 100, 60_000),
    slow_timeout_ms: 10_000,
    open_timeout_ms: numberOf(parameters, 'open_timeout_ms', 5_000, 100, 600_000),
    silence_timeout_ms: 1_250,
    calls_max: 16_384,
    commands_max: 65_536,
    feed_poll_ms: 250,
    retention_ms: options.retention_ms,
  };
  if (!/^[\w.:-]{1,64}$/.test(config.prefix)) {
    throw invalid('has an invalid "prefix"; allowed: 1 to 64 letters, digits, ".", "_", ":" or "-"');
  }
  if (topology.type === 'cluster' && config.database !== 0) throw invalid('names a database, but a cluster has only 0');
  if (topology.type === 'single' && config.addresses.length > 1) {
    throw invalid('has several hosts; add "cluster=true" or "sentinel=<name of the master>"');
  }
  return config;
}

function invalid(problem: string): SessionsError {
  return new SessionsError('INVALID_CONFIG', `The Redis store URL ${problem}.`);
}

function parametersOf(query: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (!PARAMETERS.includes(name)) {
      throw invalid(`has the unknown parameter ${JSON.stringify(name)}; allowed: ${PARAMETERS.join(', ')}`);
    }
    if (parameters.has(name)) throw invalid(`has the parameter "${name}" twice; write it once`);
    parameters.set(name, value);
  }
  return parameters;
}

function tlsFilesOf(parameters: ReadonlyMap<string, string>, isTls: boolean): TlsFiles {
  const given = ['tls_ca', 'tls_cert', 'tls_key'].filter((name) => parameters.has(name));
  if (!isTls && given.length > 0) throw invalid(`has "${given[0]}", which needs TLS: "rediss://"`);
  if (parameters.has('tls_cert') !== parameters.has('tls_key')) {
    throw invalid('has only one of "tls_cert" and "tls_key"; set both');
  }
  const read = (name: string) => textOfFile(name, parameters.get(name) ?? '', invalid);
  return Object.fromEntries(given.map((name) => [name.slice('tls_'.length), read(name)]));
}

function topologyOf(parameters: ReadonlyMap<string, string>): Topology {
  const cluster = parameters.get('cluster') ?? 'false';
  const name = parameters.get('sentinel');
  if (cluster !== 'true' && cluster !== 'false') throw invalid('has an invalid "cluster"; allowed: true, false');
  if (name === '') throw invalid('has an empty "sentinel"; set it to the name of the master that the sentinels watch');
  if (name !== undefined && cluster === 'true') throw invalid('has both "cluster" and "sentinel"; use one of them');
  if (name !== undefined) return { type: 'sentinel', name };
  return { type: cluster === 'true' ? 'cluster' : 'single' };
}

function shardsOf(parameters: ReadonlyMap<string, string>): ShardCount {
  const text = parameters.get('shards') ?? '16';
  const count = SHARD_COUNTS.find((known) => String(known) === text);
  if (count === undefined) throw invalid(`has an invalid "shards"; allowed: ${SHARD_COUNTS.join(', ')}`);
  return count;
}

function numberOf(parameters: ReadonlyMap<string, string>, name: string, standard: number, min: number, max: number) {
  const text = parameters.get(name);
  if (text === undefined) return standard;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (value < min || value > max) throw invalid(`has an invalid "${name}"; allowed: ${min} to ${max}`);
  return value;
}

function addressOf(text: string): Address {
  const [, host, port = String(PORT)] = HOST_FORM.exec(text) ?? [];
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) {
    throw invalid('has an invalid host; use a form like "name:6379", "127.0.0.1:6379" or "[::1]:6379"');
  }
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

function decoded(what: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid(`has an invalid ${what}; percent-encode special characters, for example "%" as "%25"`);
  }
}
