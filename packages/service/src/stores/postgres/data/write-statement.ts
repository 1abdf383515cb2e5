import type { Codec } from '../../../domain/member-codec.ts';
import { MEMBERS, type MemberKind, type MemberName, memberNames } from '../../../domain/members.ts';
import { deadline, type Session } from '../../../domain/session.ts';
import { KEY_COLUMNS, SEARCH_KEYS, SOURCES } from '../../sql/search-columns.ts';
import { methodsText, tokenText } from '../../sql/session-columns.ts';
import type { Statement } from '../connection/connection.ts';
import { numberArray, textArray } from './arrays.ts';
import { toStored, toStoredOrNull } from './nul-escaping.ts';
import { type Stored, sqlName, userKey } from './rows.ts';
import type { WorkingSet } from './working-set.ts';

type Type = 'text' | 'bigint' | 'boolean';
type Cell = string | number | boolean | null;

interface Column<T> {
  readonly name: string;
  readonly type: Type;
  readonly of: (item: T) => Cell;
}

/** How many transactions can count in the same hour without waiting for each other's row. */
const SLOTS = 32;

/** Notifications to other nodes about the changes. */
interface Notifications {
  readonly channel: string;
  readonly payloads: readonly string[];
}

/** One statement for all changes of a transaction, its counts and its notifications; null if there are none. */
export function writeStatement(set: WorkingSet, { channel, payloads }: Notifications): Statement | null {
  const { inserted, updated, removed } = set.finalStates();
  const parts = new Parts();
  // All transactions insert in the order of the ids, so that they cannot deadlock.
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

/** Combines the parts that have rows. Each combination has its own statement name, and so its own plan. */
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

/** Rows are upserted in a fixed order so that transactions sharing a slot cannot deadlock. */
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

/** The columns for searches. */
function searchKeys<T>(sessionOf: (item: T) => Session): (Column<T> & { readonly from: MemberName })[] {
  const keyOf = (name: keyof typeof SEARCH_KEYS) => (item: T) => SEARCH_KEYS[name](sessionOf(item));
  return KEY_COLUMNS.map((name) => ({
    name,
    from: SOURCES[name],
    type: name === 'client_key' ? 'bigint' : 'text',
    of: (item) => {
      const key = keyOf(name)(item);
      return typeof key === 'string' ? toStored(key) : key;
    },
  }));
}

/** The column of one property of a session. */
function column<T>(member: MemberName, sessionOf: (item: T) => Session): Column<T> {
  const { kind } = MEMBERS[member];
  const encode = TO_CELL[kind];
  const name = sqlName(member);
  const of = (item: T): Cell => {
    const value = sessionOf(item)[member] as never;
    return encode === null ? value : encode(value);
  };
  return { name, type: kind === 'time' || kind === 'duration' || kind === 'integer' ? 'bigint' : 'text', of };
}

const TO_CELL: Codec<never, Cell> = {
  text: toStoredOrNull,
  time: null,
  duration: null,
  integer: null,
  reason: null,
  texts: methodsText,
  json: null,
  token: tokenText,
};

const INSERTED: readonly Column<Stored>[] = [
  ...memberNames().map((name) => column<Stored>(name, ({ session }) => session)),
  number('user_key', ({ session }) => userKey(session.user_id)),
  number('listed_time', ({ listed_time }) => listed_time),
  number('deadline', ({ session }) => deadline(session)),
  number('due', ({ due }) => due),
  ...searchKeys<Stored>(({ session }) => session),
];
const NAMES = INSERTED.map(({ name }) => name).join(', ');

interface Change {
  readonly before: Session;
  readonly after: Stored;
}

/** Short columns: sent with every change, even if they have not changed. */
const CHANGED: readonly Column<Change>[] = [
  ...memberNames((member) => member.changes !== 'never' && !isSeldomWritten(member)).map((name) =>
    column<Change>(name, ({ after }) => after.session),
  ),
  number('listed_time', ({ after }) => after.listed_time),
  number('deadline', ({ after }) => deadline(after.session)),
  number('due', ({ after }) => after.due),
];

/** A long column: sent and written only if it has changed. */
interface SeldomWritten extends Column<Session> {
  /** The property of the session from which the column follows. */
  readonly from: MemberName;
  /** The end of a session clears the column, even if it was not read before. */
  readonly isClearedByEnd: boolean;
}

const SELDOM_WRITTEN: readonly SeldomWritten[] = [
  ...memberNames((member) => member.changes !== 'never' && isSeldomWritten(member)).map((from) => ({
    ...column<Session>(from, (session) => session),
    ...{ from, isClearedByEnd: MEMBERS[from].kind === 'json' },
  })),
  ...searchKeys<Session>((session) => session).map((key) => ({ ...key, isClearedByEnd: false })),
];

function isSeldomWritten({ kind }: { readonly kind: MemberKind }): boolean {
  return kind === 'text' || kind === 'token' || kind === 'json';
}

const ID: readonly Column<Session>[] = [text('id', ({ id }) => toStored(id))];

const UPDATED: readonly Column<Change>[] = [
  text('id', ({ before }) => toStored(before.id)),
  ...CHANGED,
  ...SELDOM_WRITTEN.flatMap((column): Column<Change>[] => [
    { name: isNew(column.name), type: 'boolean', of: (change) => isRewritten(change, column) },
    { ...column, of: (change) => (isRewritten(change, column) ? column.of(change.after.session) : null) },
  ]),
];
const SET = [
  ...CHANGED.map(({ name }) => `${name} = u.${name}`),
  ...SELDOM_WRITTEN.map(({ name }) => `${name} = CASE WHEN u.${isNew(name)} THEN u.${name} ELSE s.${name} END`),
].join(', ');

function isRewritten({ before, after: { session } }: Change, { of, from, isClearedByEnd }: SeldomWritten): boolean {
  if (isClearedByEnd && session.close_time !== null) return true;
  return before[from] !== session[from] && of(before) !== of(session);
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
