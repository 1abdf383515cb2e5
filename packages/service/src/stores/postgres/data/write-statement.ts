import { deadline, type Session } from '../../../domain/session.ts';
import { methodsText, tokenText } from '../../sql/session-columns.ts';
import type { Statement } from '../connection/connection.ts';
import { numberArray, textArray } from './arrays.ts';
import { toStored, toStoredOrNull } from './nul-escaping.ts';
import { type Stored, userKey } from './rows.ts';
import type { WorkingSet } from './working-set.ts';

type Type = 'text' | 'bigint' | 'boolean';
type Cell = string | number | boolean | null;

interface Column<T> {
  readonly name: string;
  readonly type: Type;
  readonly of: (item: T) => Cell;
}

/** How many transactions count in one hour at once without waiting for each other's row. */
const SLOTS = 32;

/** Tells other nodes of the changes. */
interface Notifications {
  readonly channel: string;
  readonly payloads: readonly string[];
}

/** One statement for all that a transaction changes, its counts and its notifications; null for nothing. */
export function writeStatement(set: WorkingSet, { channel, payloads }: Notifications): Statement | null {
  const { inserted, updated, removed } = set.finalStates();
  const parts = new Parts();
  // Everyone inserts in the order of the ids, so that no two wait for each other.
  const sorted = inserted.toSorted((a, b) => (a.session.id < b.session.id ? -1 : 1));
  parts.add('insert', INSERTED, sorted, (rows) => `INSERT INTO sessions (${NAMES}) SELECT * FROM ${rows}`);
  parts.add('update', UPDATED, updated, (rows) => `UPDATE sessions AS s SET ${SET} FROM ${rows} WHERE s.id = u.id`);
  parts.add('delete', ID, removed, (rows) => `DELETE FROM sessions AS s USING ${rows} WHERE s.id = u.id`);
  parts.add('count', COUNTED, set.hours.all(), addToHours);
  parts.add('tell', PAYLOAD, payloads, (rows) => {
    return `SELECT pg_notify('${channel}', u.payload) FROM ${rows}`;
  });
  return parts.statement();
}

/** Puts together the parts that there is something for: a name, and so a plan, for each combination. */
class Parts {
  readonly #names: string[] = [];
  readonly #texts: string[] = [];
  readonly #values: string[] = [];

  add<T>(name: string, columns: readonly Column<T>[], items: readonly T[], sql: (rows: string) => string): void {
    if (items.length === 0) return;
    const parameters = columns.map(({ type }, index) => `$${this.#values.length + index + 1}::${type}[]`);
    const names = columns.map((column) => column.name).join(', ');
    this.#names.push(name);
    this.#texts.push(sql(`unnest(${parameters.join(', ')}) AS u (${names})`));
    for (const column of columns) this.#values.push(arrayOf(column, items));
  }

  statement(): Statement | null {
    const last = this.#texts.at(-1);
    if (last === undefined) return null;
    const before = this.#texts.slice(0, -1).map((text, index) => `${this.#names[index]}_part AS (${text})`);
    const text = before.length === 0 ? last : `WITH ${before.join(', ')} ${last}`;
    return { name: `write ${this.#names.join(' ')}`, text, values: this.#values };
  }
}

function arrayOf<T>({ type, of }: Column<T>, items: readonly T[]): string {
  const cells = items.map(of);
  return type === 'text' ? textArray(cells as (string | null)[]) : numberArray(cells as (number | null)[]);
}

/** In their order, which the sums have, for whoever shares a slot. */
function addToHours(rows: string): string {
  const added = `SELECT u.hour, u.what, pg_backend_pid() % ${SLOTS}, u.count FROM ${rows}`;
  const target = 'INSERT INTO hours AS h (hour, what, slot, count)';
  return `${target} ${added} ON CONFLICT (hour, what, slot) DO UPDATE SET count = h.count + excluded.count`;
}

function text<T>(name: string, of: (item: T) => string | null): Column<T> {
  return { name, type: 'text', of };
}

function number<T>(name: string, of: (item: T) => number | null): Column<T> {
  return { name, type: 'bigint', of };
}

const INSERTED: readonly Column<Stored>[] = [
  text('id', ({ session }) => toStored(session.id)),
  number('user_key', ({ session }) => userKey(session.user_id)),
  text('user_id', ({ session }) => toStored(session.user_id)),
  number('open_time', ({ session }) => session.open_time),
  number('request_time', ({ session }) => session.request_time),
  number('listed_time', ({ listed_time }) => listed_time),
  number('active_until', ({ session }) => session.active_until),
  number('idle_timeout_ms', ({ session }) => session.idle_timeout_ms),
  number('expire_time', ({ session }) => session.expire_time),
  number('deadline', ({ session }) => deadline(session)),
  number('due', ({ due }) => due),
  number('close_time', ({ session }) => session.close_time),
  number('revision', ({ session }) => session.revision),
  number('auth_time', ({ session }) => session.auth_time),
  number('auth_level', ({ session }) => session.auth_level),
  text('close_reason', ({ session }) => session.close_reason),
  text('auth_methods', ({ session }) => methodsText(session)),
  text('user_name', ({ session }) => toStoredOrNull(session.user_name)),
  text('address', ({ session }) => toStoredOrNull(session.address)),
  text('client', ({ session }) => toStoredOrNull(session.client)),
  text('token', ({ session }) => tokenText(session)),
  text('"user"', ({ session }) => session.user),
  text('data', ({ session }) => session.data),
];
const NAMES = INSERTED.map(({ name }) => name).join(', ');

interface Change {
  readonly before: Session;
  readonly after: Stored;
}

const CHANGED: readonly Column<Change>[] = [
  number('request_time', ({ after }) => after.session.request_time),
  number('listed_time', ({ after }) => after.listed_time),
  number('active_until', ({ after }) => after.session.active_until),
  number('idle_timeout_ms', ({ after }) => after.session.idle_timeout_ms),
  number('expire_time', ({ after }) => after.session.expire_time),
  number('deadline', ({ after }) => deadline(after.session)),
  number('due', ({ after }) => after.due),
  number('close_time', ({ after }) => after.session.close_time),
  number('revision', ({ after }) => after.session.revision),
  number('auth_time', ({ after }) => after.session.auth_time),
  number('auth_level', ({ after }) => after.session.auth_level),
  text('close_reason', ({ after }) => after.session.close_reason),
  text('auth_methods', ({ after }) => methodsText(after.session)),
];

/** Sent, and written, only where it has changed. */
interface SeldomWritten {
  readonly name: string;
  readonly of: (session: Session) => string | null;
  /** An end clears it, also where it was not read before. */
  readonly isClearedByEnd: boolean;
}

const SELDOM_WRITTEN: readonly SeldomWritten[] = [
  { name: 'user_name', of: ({ user_name }) => toStoredOrNull(user_name), isClearedByEnd: false },
  { name: 'address', of: ({ address }) => toStoredOrNull(address), isClearedByEnd: false },
  { name: 'client', of: ({ client }) => toStoredOrNull(client), isClearedByEnd: false },
  { name: 'token', of: tokenText, isClearedByEnd: false },
  { name: '"user"', of: ({ user }) => user, isClearedByEnd: true },
  { name: 'data', of: ({ data }) => data, isClearedByEnd: true },
];

const ID: readonly Column<Session>[] = [text('id', ({ id }) => toStored(id))];

const UPDATED: readonly Column<Change>[] = [
  text('id', ({ before }) => toStored(before.id)),
  ...CHANGED,
  ...SELDOM_WRITTEN.flatMap((column): Column<Change>[] => [
    { name: isNew(column.name), type: 'boolean', of: (change) => isRewritten(change, column) },
    text(column.name, (change) => (isRewritten(change, column) ? column.of(change.after.session) : null)),
  ]),
];
const SET = [
  ...CHANGED.map(({ name }) => `${name} = u.${name}`),
  ...SELDOM_WRITTEN.map(({ name }) => `${name} = CASE WHEN u.${isNew(name)} THEN u.${name} ELSE s.${name} END`),
].join(', ');

function isRewritten({ before, after: { session } }: Change, { of, isClearedByEnd }: SeldomWritten): boolean {
  return (isClearedByEnd && session.close_time !== null) || of(before) !== of(session);
}

function isNew(name: string): string {
  return `has_${name.replaceAll('"', '')}`;
}

const COUNTED = [
  number<{ hour: number }>('hour', ({ hour }) => hour),
  text<{ what: string }>('what', ({ what }) => what),
  number<{ count: number }>('count', ({ count }) => count),
];

const PAYLOAD: readonly Column<string>[] = [text('payload', (payload) => payload)];
