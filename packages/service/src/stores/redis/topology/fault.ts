import type { SessionsError } from '../../../domain/errors.ts';
import { tlsFaultOf } from '../../shared/tls-faults.ts';
import { unavailable } from '../../shared/unavailable.ts';

/** Why a command failed, and whether the server may have run it. */
export type Fault =
  /** Another server has the shard: permanently, or (`ask`) for keys that are being moved. */
  | { readonly type: 'moved' | 'ask'; readonly address: string }
  | { readonly type: 'noscript' }
  /** The server rejected the command and has changed nothing. */
  | { readonly type: 'refused'; readonly reason: string }
  /** The command was not sent. */
  | { readonly type: 'unsent'; readonly reason: string }
  /** The command was sent, and its outcome is unknown. */
  | { readonly type: 'lost'; readonly reason: string };

/** A write that the server has made but too few replicas have. */
export class NotReplicated extends Error {}

/** There is no server to send a command to. */
export class NotSent extends Error {}

/** Errors of the client library for commands that it has not sent. */
const UNSENT: Readonly<Record<string, string>> = {
  ClientOfflineError: 'it cannot be reached',
  ClientClosedError: 'the connection is closed',
};
/** The reasons behind the error codes of servers. */
const REASONS: Readonly<Record<string, string>> = {
  CLUSTERDOWN: 'the cluster has no master for the sessions (CLUSTERDOWN)',
  LOADING: 'the server is loading its data (LOADING)',
  MASTERDOWN: 'the replica has lost its master (MASTERDOWN)',
  MISCONF: 'the server cannot save its data (MISCONF)',
  NOAUTH: 'the server requires a password (NOAUTH)',
  NOPERM: 'the user of the store URL lacks a right that the store needs (NOPERM)',
  NOREPLICAS: 'the server has too few replicas (NOREPLICAS, see min-replicas-to-write)',
  OOM: 'the server is out of memory (OOM, see maxmemory)',
  READONLY: 'the server is a replica now (READONLY)',
  TRYAGAIN: 'the sessions are being moved to another server (TRYAGAIN)',
  WRONGPASS: 'the user name or the password is wrong (WRONGPASS)',
};

/** Redis 6 puts the error of a command in a script at the end. */
const REFUSED_IN_SCRIPT = /^ERR Error running script .*: -([A-Z]{2,20}) /;
/** The messages of Redis 7 and Redis 6 for a command in a script that the user may not run. */
const FORBIDDEN_IN_SCRIPT = /^ERR (ACL failure in script|The user executing the script can't run)/;

/** Classifies an error of the client library. The reason never quotes text of the server or the library. */
export function toFault(error: unknown): Fault {
  if (error instanceof NotReplicated) return { type: 'lost', reason: 'too few replicas have the write' };
  if (!(error instanceof Error)) return { type: 'lost', reason: 'unknown error' };
  const ofTls = tlsFaultOf(error);
  if (ofTls !== null) return { type: 'refused', reason: ofTls };
  const { message } = error;
  if (error instanceof NotSent) return { type: 'unsent', reason: message };
  const kind = error.constructor.name;
  const unsent = UNSENT[kind];
  if (unsent !== undefined) return { type: 'unsent', reason: unsent };
  if (message === 'The queue is full')
    return { type: 'unsent', reason: 'too many commands are waiting for the server' };
  const [word = '', ...rest] = message.split(' ');
  if (word === 'MOVED' || word === 'ASK') {
    return { type: word === 'MOVED' ? 'moved' : 'ask', address: rest[1] ?? '' };
  }
  if (word === 'NOSCRIPT') return { type: 'noscript' };
  if (kind.endsWith('ErrorReply') || kind === 'SimpleError' || kind === 'BlobError') {
    const code = FORBIDDEN_IN_SCRIPT.test(message) ? 'NOPERM' : (REFUSED_IN_SCRIPT.exec(message)?.[1] ?? word);
    return { type: 'refused', reason: REASONS[code] ?? `the server rejected the command (${codeOf(word)})` };
  }
  return { type: 'lost', reason: 'the connection was lost before the response' };
}

export function toUnavailable(fault: Fault): SessionsError {
  switch (fault.type) {
    case 'moved':
    case 'ask':
      return unavailable('the cluster is moving its shards');
    case 'noscript':
      return unavailable('the server has dropped the scripts of the service');
    case 'refused':
    case 'unsent':
    case 'lost':
      return unavailable(fault.reason);
  }
}

function codeOf(word: string): string {
  return /^[A-Z]{1,20}$/.test(word) ? word : 'ERR';
}
