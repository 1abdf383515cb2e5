import type { Column } from '../kit/data-table.tsx';
import { Time } from '../kit/time.tsx';
import { COLUMN_NAMES } from '../texts.ts';
import { ActorCell, Address, Device, EndedCell, EndsCell, SessionId, StateMark, UserCell } from './cells.tsx';
import type { ListedSession } from './listed-session.ts';

export type ColumnName = keyof typeof COLUMN_NAMES;

function column(
  id: ColumnName,
  [size, sizeMin = size]: readonly [size: number, sizeMin?: number],
  cell: Column<ListedSession>['cell'],
): Column<ListedSession> {
  return { id, header: COLUMN_NAMES[id], size, sizeMin, cell };
}

/** The columns of tables of sessions, in their order. */
export const SESSION_COLUMNS: readonly Column<ListedSession>[] = [
  column('state', [108, 92], (session) => <StateMark session={session} />),
  column('user', [240, 140], (session) => <UserCell session={session} />),
  column('device', [190, 166], (session) => <Device client={session.client} />),
  column('address', [130, 116], (session) => <Address address={session.address} />),
  column('opened', [96], (session) => <Time value={session.open_time} />),
  column('active', [96], (session) => <Time value={session.request_time} />),
  column('ends', [80, 70], (session) => <EndsCell session={session} />),
  column('level', [64], ({ auth_level }) => auth_level),
  column('actor', [130, 100], (session) => <ActorCell session={session} />),
  column('ended', [300, 220], (session) => <EndedCell session={session} />),
  column('id', [190, 160], (session) => <SessionId session={session} />),
];

export const COLUMN_ORDER = SESSION_COLUMNS.map(({ id }) => id as ColumnName);

/** The columns that are not shown until somebody chooses them. */
export function hiddenByDefault(states: 'live' | 'ended' | 'all', rows: readonly ListedSession[]): ColumnName[] {
  const hidden: ColumnName[] = ['id'];
  // A column without a value in any row takes the place of one that has.
  if (!rows.some(({ actor }) => actor)) hidden.push('actor');
  if (!rows.some(({ auth_level }) => auth_level !== null)) hidden.push('level');
  if (states === 'live') hidden.push('ended');
  // Most sessions were last active when they ended.
  if (states === 'ended') hidden.push('ends', 'active');
  return hidden;
}
