import type { SessionsError } from '../../../domain/errors.ts';
import { tlsFaultOf } from '../../shared/tls-faults.ts';
import { unavailable } from '../../shared/unavailable.ts';

/** Why a command was not answered as it should be, and whether the server may have run it. */
export type Fault =
  /** Another server has the shard, from now on or (`ask`) for keys that are being moved. */
  | { readonly type: 'moved' | 'ask'; readonly address: string }
  | { readonly type: 'noscript' }
  /** The server has answered that it will not; it has changed nothing. */
  | { readonly type: 'refused'; readonly reason: string }
  /** It was not sent. */
  | { readonly type: 'unsent'; readonly reason: string }
  /** It was sent, and what became of it is not known. */
  | { readonly type: 'lost'; readonly reason: string };

/** A write that the server has made, and too few replicas have. */
export class NotReplicated extends Error {}

/** There is no server to send a command to. */
export class NotSent extends Error {}

/** Errors of the client for commands that it has not sent. */
const UNSENT: Readonly<Record<string, string>> = {
  ClientOfflineError: 'it cannot be reached',
  ClientClosedError: 'the connection is closed',
};
/** The server's word for what it cannot do now, and what to do. */
const REASONS: Readonly<Record<string, string>> = {
  CLUSTERDOWN: 'the cluster has no master for the sessions (CLUSTERDOWN)',
  LOADING: 'the server is loading its data (LOADING)',
  MASTERDOWN: 'the replica has lost its master (MASTERDOWN)',
  MISCONF: 'the server cannot save its data (MISCONF)',
  NOAUTH: 'the server wants a password (NOAUTH)',
  NOPERM: 'the user of the URL may not do what the store needs (NOPERM)',
  NOREPLICAS: 'the server has too few replicas (NOREPLICAS, see min-replicas-to-write)',
  OOM: 'the server has no memory left (OOM, see maxmemory)',
  READONLY: 'the server is a replica now (READONLY)',
  TRYAGAIN: 'the sessions are being moved to another server (TRYAGAIN)',
  WRONGPASS: 'the user name or the password is wrong (WRONGPASS)',
};

/** Redis 6 puts what a command of a script was refused with at the end. */
const REFUSED_IN_SCRIPT = /^ERR Error running script .*: -([A-Z]{2,20}) /;
/** What Redis 7, and Redis 6, say of a command that the user may not run in a script. */
const FORBIDDEN_IN_SCRIPT = /^ERR (ACL failure in script|The user executing the script can't run)/;

/** What an error of the client library means. Nothing of what the server or the library quotes is repeated. */
export function toFault(error: unknown): Fault {
  if (error instanceof NotReplicated) return { type: 'lost', reason: 'too few replicas have the write yet' };
  if (!(error instanceof Error)) return { type: 'lost', reason: 'of an unknown fault' };
  const ofTls = tlsFaultOf(error);
  if (ofTls !== null) return { type: 'refused', reason: ofTls };
  const { message } = error;
  if (error instanceof NotSent) return { type: 'unsent', reason: message };
  const kind = error.constructor.name;
  const unsent = UNSENT[kind];
  if (unsent !== undefined) return { type: 'unsent', reason: unsent };
  if (message === 'The queue is full') return { type: 'unsent', reason: 'too many commands wait for the server' };
  const [word = '', ...rest] = message.split(' ');
  if (word === 'MOVED' || word === 'ASK') {
    return { type: word === 'MOVED' ? 'moved' : 'ask', address: rest[1] ?? '' };
  }
  if (word === 'NOSCRIPT') return { type: 'noscript' };
  if (kind.endsWith('ErrorReply') || kind === 'SimpleError' || kind === 'BlobError') {
    const code = FORBIDDEN_IN_SCRIPT.test(message) ? 'NOPERM' : (REFUSED_IN_SCRIPT.exec(message)?.[1] ?? word);
    return { type: 'refused', reason: REASONS[code] ?? `the server refuses the command (${codeOf(word)})` };
  }
  return { type: 'lost', reason: 'the connection was lost before the answer' };
}

export function toUnavailable(fault: Fault): SessionsError {
  switch (fault.type) {
    case 'moved':
    case 'ask':
      return unavailable('the cluster is being rearranged');
    case 'noscript':
      return unavailable('the server forgets its scripts');
    case 'refused':
    case 'unsent':
    case 'lost':
      return unavailable(fault.reason);
  }
}

function codeOf(word: string): string {
  return /^[A-Z]{1,20}$/.test(word) ? word : 'ERR';
}
