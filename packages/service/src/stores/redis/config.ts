import { SessionsError } from '../../domain/errors.ts';
import type { StoreOptions } from '../shared/store-url.ts';
import { textOfFile } from '../shared/url-file.ts';
import { SHARD_COUNTS, type ShardCount } from './data/keys.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** PEM texts: of the authority that has signed the server's certificate, and of this process's own. */
interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** One server; a cluster; or one of which sentinels know where it is. */
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
  /** What the names of all keys and of the channel begin with. */
  readonly prefix: string;
  readonly shards: ShardCount;
  /** How many replicas must have a write before it is answered. */
  readonly replicas: number;
  /** How long a write waits for them. */
  readonly replicas_timeout_ms: number;
  /** Within this every call is answered, or fails; but for those that may have to look at every session. */
  readonly call_timeout_ms: number;
  /** The same for lists, counts and bulk changes. */
  readonly walk_timeout_ms: number;
  /** How long a start waits for the servers. */
  readonly open_timeout_ms: number;
  /** A server that is silent so long has gone: its connection is made anew. */
  readonly silence_timeout_ms: number;
  /** How many calls may be under way; more are refused. */
  readonly calls_max: number;
  /** How many commands may wait for one server. */
  readonly commands_max: number;
  /** How often the feed compares the numbers that it has heard with those of the servers. */
  readonly feed_poll_ms: number;
  /** How long sessions are kept after their end; null for ever. */
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
 * `redis://user:password@host:6379/0`, `rediss://…` with TLS. Several hosts are separated by commas. Parameters:
 * `cluster=true`; `sentinel=<name of the master>`, where the hosts are the sentinels; `prefix` of all keys (`ps`);
 * `shards` (1, 16 or 256; 16), which cannot be changed later; `replicas` that must have a write before it is answered
 * (0); `call_timeout_ms` (1500); `open_timeout_ms` (5000); with `rediss:` the files `tls_ca`, `tls_cert` and `tls_key`. Throws
 * `INVALID_CONFIG`.
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
    // Less than /readyz waits, so that it names the reason.
    replicas_timeout_ms: 900,
    call_timeout_ms: numberOf(parameters, 'call_timeout_ms', 1_500, 100, 60_000),
    walk_timeout_ms: 10_000,
    open_timeout_ms: numberOf(parameters, 'open_timeout_ms', 5_000, 100, 600_000),
    silence_timeout_ms: 1_250,
    calls_max: 16_384,
    commands_max: 65_536,
    feed_poll_ms: 250,
    retention_ms: options.retention_ms,
  };
  if (!/^[\w.:-]{1,64}$/.test(config.prefix)) {
    throw invalid('has a bad "prefix": 1 to 64 letters, digits, ".", "_", ":" or "-"');
  }
  if (topology.type === 'cluster' && config.database !== 0) throw invalid('names a database, but a cluster has only 0');
  if (topology.type === 'single' && config.addresses.length > 1) {
    throw invalid('has several hosts; that needs "cluster=true" or "sentinel=<name of the master>"');
  }
  return config;
}

function invalid(problem: string): SessionsError {
  return new SessionsError('INVALID_CONFIG', `The store URL of Redis ${problem}.`);
}

function parametersOf(query: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (!PARAMETERS.includes(name)) {
      throw invalid(`has the unknown parameter ${JSON.stringify(name)}; there are ${PARAMETERS.join(', ')}`);
    }
    if (parameters.has(name)) throw invalid(`has the parameter "${name}" twice`);
    parameters.set(name, value);
  }
  return parameters;
}

function tlsFilesOf(parameters: ReadonlyMap<string, string>, isTls: boolean): TlsFiles {
  const given = ['tls_ca', 'tls_cert', 'tls_key'].filter((name) => parameters.has(name));
  if (!isTls && given.length > 0) throw invalid(`has "${given[0]}", which needs TLS: "rediss://"`);
  if (parameters.has('tls_cert') !== parameters.has('tls_key')) {
    throw invalid('has one of "tls_cert" and "tls_key", which need each other');
  }
  const read = (name: string) => textOfFile(name, parameters.get(name) ?? '', invalid);
  return Object.fromEntries(given.map((name) => [name.slice('tls_'.length), read(name)]));
}

function topologyOf(parameters: ReadonlyMap<string, string>): Topology {
  const cluster = parameters.get('cluster') ?? 'false';
  const name = parameters.get('sentinel');
  if (cluster !== 'true' && cluster !== 'false') throw invalid('has a bad "cluster": true or false');
  if (name === '') throw invalid('has an empty "sentinel": the name of the master that they watch');
  if (name !== undefined && cluster === 'true') throw invalid('has both "cluster" and "sentinel"');
  if (name !== undefined) return { type: 'sentinel', name };
  return { type: cluster === 'true' ? 'cluster' : 'single' };
}

function shardsOf(parameters: ReadonlyMap<string, string>): ShardCount {
  const text = parameters.get('shards') ?? '16';
  const count = SHARD_COUNTS.find((known) => String(known) === text);
  if (count === undefined) throw invalid(`has a bad "shards": ${SHARD_COUNTS.join(', ')}`);
  return count;
}

function numberOf(parameters: ReadonlyMap<string, string>, name: string, standard: number, min: number, max: number) {
  const text = parameters.get(name);
  if (text === undefined) return standard;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (value < min || value > max) throw invalid(`has a bad "${name}": ${min} to ${max}`);
  return value;
}

function addressOf(text: string): Address {
  const [, host, port = String(PORT)] = HOST_FORM.exec(text) ?? [];
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) {
    throw invalid('has a bad host: "name:6379", "127.0.0.1:6379" or "[::1]:6379"');
  }
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

function decoded(what: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid(`has a bad ${what}: write "%" as "%25" and other special characters alike`);
  }
}
