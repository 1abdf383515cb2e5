import type { CloseReason } from '@pip-sessions/contract/close-reasons';
import type { SessionsClient } from '@pip-sessions/contract/sessions-client';
import { type ChangeKind, kindNameOf } from '../../api/v2/change-kinds.ts';
import type { SessionChange } from '../../domain/changes.ts';
import { isOwnId, userPrefix } from '../../domain/ids.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import { printable } from '../../transfer/output.ts';
import type { OperatorContext } from './context.ts';
import type { ConnectionFlags, OutputFlags } from './parameters.ts';
import { withSessions } from './with-sessions.ts';

interface TailFlags {
  readonly 'user-id': string | undefined;
  readonly reason: CloseReason | undefined;
  readonly kind: readonly ChangeKind[] | undefined;
  readonly limit: number | undefined;
}

/** Runs `pip-sessions tail`: writes changes as they happen, until Ctrl+C or the limit. */
export async function tail(this: OperatorContext, flags: ConnectionFlags & OutputFlags & TailFlags): Promise<void> {
  const { limit = Number.POSITIVE_INFINITY } = flags;
  const controller = new AbortController();
  const signal = AbortSignal.any([this.interruption(), controller.signal]);
  await withSessions(this, flags, async ({ client, changes, name }) => {
    const started = () => this.say(`Following the changes of ${name}. Stop with Ctrl+C.`);
    let count = 0;
    try {
      for await (const change of changes(started, signal)) {
        if (!(await matches(change, flags, client))) continue;
        await this.write(lineOf(change, this.clock.now(), flags.json));
        count += 1;
        if (count >= limit) return;
      }
    } finally {
      controller.abort();
    }
  });
}

/** Whether a change passes the filters. A gap always does: a change that passes may have been missed. */
async function matches(change: SessionChange, flags: TailFlags, client: SessionsClient): Promise<boolean> {
  if (change.type === 'gap') return true;
  const { 'user-id': user_id, reason, kind } = flags;
  const name = kindNameOf(change);
  if (kind && name !== 'gap' && !kind.includes(name)) return false;
  if (reason !== undefined && (change.type === 'removed' || change.close_reason !== reason)) return false;
  return user_id === undefined || isOf(change, user_id, client);
}

/**
 * Whether a session is of a user. The changes of a service do not have the user, but the id of a session begins with
 * digits that follow from it. Only sessions with these digits are read. A removed one cannot be read: its digits decide.
 */
async function isOf(
  { type, id, user_id: known }: Exclude<SessionChange, { type: 'gap' }>,
  user_id: string,
  client: SessionsClient,
): Promise<boolean> {
  if (known !== '') return known === user_id;
  if (isOwnId(id) && !id.startsWith(userPrefix(user_id))) return false;
  if (type === 'removed') return isOwnId(id);
  const session = await client.get(id);
  return session?.user_id === user_id;
}

function lineOf(change: SessionChange, now: number, json: boolean | undefined): string {
  const time = isoTime(now);
  const kind = kindNameOf(change);
  if (change.type === 'gap') {
    return json ? `${JSON.stringify({ time, kind })}\n` : `${time}  gap      changes may have been missed\n`;
  }
  const { id, user_id } = change;
  const { revision, close_reason } = change.type === 'removed' ? { revision: null, close_reason: null } : change;
  if (json) return `${JSON.stringify({ time, kind, id, user_id: user_id || null, revision, close_reason })}\n`;
  const words = [time, kind.padEnd('changed'.length), id, close_reason ?? '', user_id && `user ${user_id}`];
  return `${printable(words.filter((word) => word !== '').join('  '))}\n`;
}
