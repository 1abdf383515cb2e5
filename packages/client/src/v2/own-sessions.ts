import type { SessionsClient } from '@pip-sessions/contract/sessions-client';
import { codeOf } from './error-code.ts';

type Client = Pick<SessionsClient, 'closeOwn'>;

/** The maximum number of requests. Each ends a thousand sessions, and no user has more than a hundred thousand. */
const PASSES_MAX = 100;

/** Ends all sessions of the token's user but the token's own, at most 100,000. Returns how many there were. */
export async function endOthers(client: Client, token: string): Promise<number> {
  let count = 0;
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    const { ids, more } = await client.closeOwn({ token, others: true });
    count += ids.length;
    if (!more) break;
  }
  return count;
}

/**
 * Ends a session of the token's user. Returns false if the user has no live session with this id. A text that can be no
 * id, such as a part of a URL, is the id of no session.
 */
export async function endOwn(client: Client, token: string, id: string): Promise<boolean> {
  if (typeof id !== 'string')
    throw new TypeError('id is not a string: use the id of a session in the list of devices.');
  try {
    const { ids } = await client.closeOwn({ token, ids: [id] });
    return ids.includes(id);
  } catch (error) {
    if (codeOf(error) === 'INVALID_DATA') return false;
    throw error;
  }
}

/** Whether an error says that the session of the token has ended or does not exist. */
export function isEndedToken(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'SESSION_CLOSED' || code === 'TOKEN_UNKNOWN';
}

/** Selects a page of the user's devices. */
export interface DevicesRequest {
  /** True for live sessions (default), false for ended ones. */
  readonly active?: boolean;
  /** The maximum number of sessions. Default and maximum: a setting of the service. */
  readonly limit?: number;
  /** The `next_cursor` of the page before. */
  readonly cursor?: string;
}
