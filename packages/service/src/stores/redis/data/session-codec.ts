import { randomText } from '../../../domain/ids.ts';
import { asJsonText } from '../../../domain/json.ts';
import { compileReader, compileWriter } from '../../../domain/member-codec.ts';
import { memberNames } from '../../../domain/members.ts';
import type { Session } from '../../../domain/session.ts';
import { unavailable } from '../../shared/unavailable.ts';
import { STAMP_LENGTH } from './scripts/write.ts';

/** Random bytes of a stamp: 72 bits, as `STAMP_LENGTH` characters. */
const STAMP_BYTES = 9;

/** A session as it was read, with its stamp. A write compares the stamp to detect changes. */
export interface Stored {
  readonly session: Session;
  readonly stamp: string;
}

/**
 * The stored text: a new stamp, the lengths of `user` and `data`, these two as they are, and the other properties as
 * JSON. Inside that JSON, each quote of `user` and `data` would be escaped.
 */
export function toText(session: Session): string {
  const members = JSON.stringify(toMembers(session));
  const user = session.user ?? '';
  const data = session.data ?? '';
  return `${randomText(STAMP_BYTES)}${user.length};${data.length};${user}${data}${members}`;
}

/** The id is in the key, and `user` and `data` come before the others. */
const PLACES = memberNames(({ kind }) => kind !== 'json').filter((name) => name !== 'id');
const AS_IT_IS = {
  text: null,
  time: null,
  duration: null,
  integer: null,
  reason: null,
  texts: null,
  json: null,
  token: null,
};
const toMembers = compileWriter<unknown, Session>(PLACES, AS_IT_IS);
/** Reads the JSON properties, then id, user and data. */
const fromMembers = compileReader<unknown>([...PLACES, 'id', 'user', 'data'], AS_IT_IS) as (
  members: readonly unknown[],
) => Session;

/** Throws `STORE_UNAVAILABLE` if the text is not a session. */
export function fromText(id: string, text: string): Stored {
  try {
    return { session: toSession(id, text), stamp: text.slice(0, STAMP_LENGTH) };
  } catch (error) {
    throw unavailable(`the value stored for the id ${id} is not a session`, error);
  }
}

function toSession(id: string, text: string): Session {
  const user_length_end = text.indexOf(';', STAMP_LENGTH);
  const user_at = text.indexOf(';', user_length_end + 1) + 1;
  const data_at = user_at + Number(text.slice(STAMP_LENGTH, user_length_end));
  const members_at = data_at + Number(text.slice(user_length_end + 1, user_at - 1));
  const members: unknown[] = JSON.parse(text.slice(members_at));
  // A change would remove the properties that this version does not know, such as a new kind of restriction.
  if (members.length > PLACES.length) throw new Error('A newer version of this service has stored it.');
  // A session stored before a property was added lacks that property.
  while (members.length < PLACES.length) members.push(null);
  // JSON texts are never empty.
  const user = user_at === data_at ? null : asJsonText(text.slice(user_at, data_at));
  const data = data_at === members_at ? null : asJsonText(text.slice(data_at, members_at));
  members.push(id, user, data);
  return fromMembers(members);
}
