import type { GivenReason } from '@pip-sessions/contract/close-reasons';
import type { CloseManyRequest, CloseManyResult, EraseResult, Session } from '@pip-sessions/contract/v2';
import { call, send } from './service.ts';
import type { Me, RevealedValues } from './types.ts';

/** How sessions are ended: the reason that they get, and who is recorded as `closed_by`. */
export interface EndOptions {
  readonly reason: GivenReason;
  /** Undefined for the name of the key. */
  readonly by: string | undefined;
}

export function signIn(key: string): Promise<Me> {
  return call('sign-in', { method: 'POST', body: { key } });
}

export async function signOut(): Promise<void> {
  await send('sign-out', { method: 'POST' });
}

export function endSession(id: string, options: EndOptions, keepalive = false): Promise<Session> {
  return call(`v2/sessions/${encodeURIComponent(id)}/close`, { method: 'POST', body: options, keepalive });
}

export function endSessions(request: CloseManyRequest, signal: AbortSignal): Promise<CloseManyResult> {
  return call('v2/sessions/close', { method: 'POST', body: request, signal });
}

export function deleteSession(id: string): Promise<Session> {
  return call(`v2/sessions/${encodeURIComponent(id)}`, { method: 'DELETE' });
}

export function revealValues(id: string): Promise<RevealedValues> {
  return call(`sessions/${encodeURIComponent(id)}/reveal`, { method: 'POST' });
}

/** Everything that is stored about a user, as lines of JSON. Throws if the last line is missing. */
export async function exportUser(user_id: string): Promise<string> {
  const text = await (await send('v2/users/export', { method: 'POST', body: { user_id } })).text();
  const last = text.trimEnd().split('\n').at(-1) ?? '';
  if ((JSON.parse(last || 'null') as { type?: string } | null)?.type !== 'end') {
    throw new Error('The export is not complete: its last line is missing. Export again.');
  }
  return text;
}

export function eraseUser(user_id: string): Promise<EraseResult> {
  return call('v2/users/erase', { method: 'POST', body: { user_id } });
}
