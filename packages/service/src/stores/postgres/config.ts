import type { ClientConfig } from 'pg';
import { SessionsError } from '../../domain/errors.ts';
import { withoutPassword } from '../shared/store-url.ts';
import { tlsOptions } from './connection/tls.ts';

export interface PostgresStoreConfig {
  /** The server, the database and the credentials. */
  readonly server: ClientConfig;
  /** Host, port and database, for messages. */
  readonly address: string;
  readonly schema: string;
  /**
   * The number of tables into which sessions are divided by the first digit of their ids: 1 or 16. It is fixed at the
   * first start. (With 256, a statement would lock every table and its indexes: PostgreSQL's default settings do not
   * allow so many locks.)
   */
  readonly partitions: number;
  /** Timeout of a call in total: waiting, connecting and the response. */
  readonly call_timeout_ms: number;
  /** The same for calls that may look at very many sessions: lists, scans, counts and bulk changes. */
  readonly slow_timeout_ms: number;
  /** How long a start waits for the first connection. */
  readonly start_timeout_ms: number;
  /** Timeout of a schema migration. A node that finds another node migrating waits for the same time. */
  readonly migration_timeout_ms: number;
  /** How many batches of finds run at a time, each on its own connection. */
  readonly readers: number;
  readonly reads_waiting_max: number;
  readonly ids_per_read_max: number;
  /** How many transactions of batched writes run at a time, each on its own connection. */
  readonly writers: number;
  readonly writes_waiting_max: number;
  readonly writes_per_batch_max: number;
  /** How many lists, scans and counts run at a time, each on its own connection. */
  readonly lists: number;
  /** How many bulk changes run at a time, each on its own connection. */
  readonly bulks: number;
  /** The maximum number of waiting lists, and of waiting bulk changes. */
  readonly slow_waiting_max: number;
}

/**
 * While one batch runs, the next is prepared. More parallel batches do not increase the throughput: while two run, the
 * calls that arrive gather into larger batches. "Two connections of each kind" in docs/decisions.md has the measurements,
 * with 1 to 3 connections of each kind, and with 64 and 256 callers.
 */
const READERS_MAX = 2;
const WRITERS_MAX = 2;
const BULKS_MAX = 2;

const PARAMETERS = [
  'schema',
  'partitions',
  'connections',
  'call_timeout_ms',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
] as const;
type Parameter = (typeof PARAMETERS)[number];

/** Parses `postgres://<user>:<password>@<host>:<port>/<database>`, with parameters. Throws `INVALID_CONFIG`. */
export function postgresStoreConfig(url: string): PostgresStoreConfig {
  const parsed = parse(url);
  const parameters = parametersOf(url, parsed);
  const number = (name: Parameter, fallback: number, from: number, to: number) =>
    numberOf(url, name, parameters.get(name) ?? String(fallback), from, to);
  const schema = parameters.get('schema') ?? 'pip_sessions';
  if (!/^[a-z_][a-z0-9_]{0,49}$/.test(schema)) {
    throw invalid(url, 'has an invalid "schema"; allowed: 1 to 50 lowercase letters, digits and "_", no digit first');
  }
  const partitions = number('partitions', 1, 1, 16);
  if (![1, 16].includes(partitions)) throw invalid(url, 'has an invalid "partitions"; allowed: 1, 16');
  const connections = number('connections', 10, 4, 1000);
  const readers = Math.min(READERS_MAX, Math.floor((connections + 2) / 4));
  const writers = Math.min(WRITERS_MAX, Math.floor((connections + 2) / 4));
  const bulks = Math.min(BULKS_MAX, Math.floor(connections / 4));
  const host = decodeURIComponent(parsed.hostname).replace(/^\[|\]$/g, '') || 'localhost';
  const port = parsed.port === '' ? 5432 : Number(parsed.port);
  const database = decodeURIComponent(parsed.pathname.slice(1)) || 'postgres';
  return {
    server: {
      host,
      port,
      database,
      user: decodeURIComponent(parsed.username) || 'postgres',
      ...(parsed.password !== '' && { password: decodeURIComponent(parsed.password) }),
      ssl: tlsOptions(parameters, (problem) => invalid(url, problem)),
    },
    address: `${parsed.hostname || host}:${port}/${database}`,
    schema,
    partitions,
    call_timeout_ms: number('call_timeout_ms', 1_500, 100, 60_000),
    slow_timeout_ms: 10_000,
    start_timeout_ms: 5_000,
    migration_timeout_ms: 600_000,
    readers,
    reads_waiting_max: 16_384,
    ids_per_read_max: 512,
    writers,
    writes_waiting_max: 16_384,
    writes_per_batch_max: 512,
    lists: connections - readers - writers - bulks,
    bulks,
    slow_waiting_max: 256,
  };
}

function parse(url: string): URL {
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return new URL(url);
  throw invalid(url, 'is invalid; use a form like "postgres://user:password@host:5432/database"');
}

function parametersOf(url: string, { searchParams }: URL): Map<Parameter, string> {
  const parameters = new Map<Parameter, string>();
  for (const [name, value] of searchParams) {
    const known = PARAMETERS.find((parameter) => parameter === name);
    if (!known) {
      throw invalid(url, `has the unknown parameter ${JSON.stringify(name)}; allowed: ${PARAMETERS.join(', ')}`);
    }
    if (parameters.has(known)) throw invalid(url, `has the parameter "${known}" twice; write it once`);
    parameters.set(known, value);
  }
  return parameters;
}

function numberOf(url: string, name: Parameter, text: string, from: number, to: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= from && value <= to) return value;
  throw invalid(url, `has an invalid "${name}"; allowed: ${from} to ${to}`);
}

function invalid(url: string, problem: string): SessionsError {
  return new SessionsError('INVALID_CONFIG', `The store URL ${JSON.stringify(withoutPassword(url))} ${problem}.`);
}
