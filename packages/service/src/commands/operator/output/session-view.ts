import { SESSION_PROPERTIES } from '@pip-sessions/contract/session';
import type { Session, SessionSummary } from '@pip-sessions/contract/v2';
import type { OperatorContext } from '../context.ts';
import { relativeTo, spanOf } from './relative-time.ts';
import { type Column, recordOf, tableOf } from './table.ts';

const CLIENT_WIDTH_MIN = 10;
const USER_WIDTH_MIN = 8;
const ADDRESS_WIDTH_MIN = 7;

function columnsAt(now: number): readonly Column<SessionSummary>[] {
  return [
    { head: 'ID', cell: ({ id }) => id },
    { head: 'USER', cell: ({ user_id }) => user_id, width_min: USER_WIDTH_MIN },
    { head: 'CLIENT', cell: ({ client }) => client ?? '-', width_min: CLIENT_WIDTH_MIN },
    { head: 'ADDRESS', cell: ({ address }) => address ?? '-', width_min: ADDRESS_WIDTH_MIN },
    { head: 'OPENED', cell: ({ open_time }) => relativeTo(now, open_time) },
    { head: 'LAST ACTIVE', cell: ({ request_time }) => relativeTo(now, request_time) },
    { head: 'STATE', cell: stateOf, colour: ({ active }) => (active ? 'green' : 'red') },
  ];
}

function stateOf({ active, expires_in, close_reason }: SessionSummary): string {
  return active ? `live, ${spanOf(expires_in ?? 0)} left` : (close_reason ?? 'ended');
}

/** Returns sessions as a table for people. */
export function sessionTable(
  { clock, terminal }: OperatorContext,
  sessions: readonly SessionSummary[],
  hasHead = true,
): string {
  return tableOf(columnsAt(clock.now()), sessions, terminal, hasHead);
}

const NAMES = Object.keys(SESSION_PROPERTIES) as readonly (keyof SessionSummary)[];

/** Returns one session as lines of `name  value`, with `user` and `data` as JSON. */
export function sessionRecord({ clock, terminal }: OperatorContext, session: Session): string {
  const entries = NAMES.map((name) => [name, textOf(name, session[name], clock.now())] as const);
  const values = (['user', 'data'] as const).map((name) => [name, JSON.stringify(session[name])] as const);
  return recordOf([...entries, ...values], terminal);
}

function textOf(name: keyof SessionSummary, value: unknown, now: number): string | null {
  if (value === null) return null;
  if (SESSION_PROPERTIES[name].type === 'time') return `${value} (${relativeTo(now, String(value))})`;
  if (name === 'idle_timeout' || name === 'expires_in') return `${value} (${spanOf(Number(value))})`;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
