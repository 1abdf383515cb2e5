import { randomText } from '../../../domain/ids.ts';
import { asJsonText } from '../../../domain/json.ts';
import type { Session } from '../../../domain/session.ts';
import { unavailable } from '../../shared/unavailable.ts';
import { STAMP_LENGTH } from './scripts/write.ts';

/** Random bytes of a stamp: 72 bits, as `STAMP_LENGTH` characters. */
const STAMP_BYTES = 9;

/** A session as it was read, with the stamp by which a write knows that it is still that. */
export interface Stored {
  readonly session: Session;
  readonly stamp: string;
}

/**
 * A stamp that no other write has; the lengths of `user` and `data`, and these as they are, since within the JSON of the
 * other members each of their quotes would be escaped; and that JSON.
 */
export function toText(s: Session): string {
  const { user_id, user_name, address, client, open_time, request_time, active_until, idle_timeout_ms } = s;
  const members = JSON.stringify([
    ...[user_id, user_name, address, client, open_time, request_time, active_until, idle_timeout_ms],
    ...[s.expire_time, s.close_time, s.close_reason, s.revision, s.auth_time, s.auth_methods, s.auth_level, s.token],
  ]);
  const [user, data] = [s.user ?? '', s.data ?? ''];
  return `${randomText(STAMP_BYTES)}${user.length};${data.length};${user}${data}${members}`;
}

/** Throws `STORE_UNAVAILABLE` for what is no session. */
export function fromText(id: string, text: string): Stored {
  try {
    return { session: toSession(id, text), stamp: text.slice(0, STAMP_LENGTH) };
  } catch (error) {
    throw unavailable(`what it has under the id ${id} is no session`, error);
  }
}

function toSession(id: string, text: string): Session {
  const user_length_end = text.indexOf(';', STAMP_LENGTH);
  const user_at = text.indexOf(';', user_length_end + 1) + 1;
  const data_at = user_at + Number(text.slice(STAMP_LENGTH, user_length_end));
  const members_at = data_at + Number(text.slice(user_length_end + 1, user_at - 1));
  const members = JSON.parse(text.slice(members_at));
  return {
    id,
    user_id: members[0],
    user_name: members[1],
    address: members[2],
    client: members[3],
    // No JSON text is empty.
    user: user_at === data_at ? null : asJsonText(text.slice(user_at, data_at)),
    data: data_at === members_at ? null : asJsonText(text.slice(data_at, members_at)),
    open_time: members[4],
    request_time: members[5],
    active_until: members[6],
    idle_timeout_ms: members[7],
    expire_time: members[8],
    close_time: members[9],
    close_reason: members[10],
    revision: members[11],
    auth_time: members[12],
    auth_methods: members[13],
    auth_level: members[14],
    token: members[15],
  };
}
