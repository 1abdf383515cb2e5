import type { Column } from '../../kit/data-table.tsx';
import { Identifier } from '../../kit/identifier.tsx';
import { exactTime } from '../../kit/time-text.ts';
import { Address, Device, UserCell } from '../../sessions/cells.tsx';
import type { ListedSession } from '../../sessions/listed-session.ts';
import { LIVE } from '../../texts/live.ts';
import type { TailEvent } from './tail.ts';
import { useLineSession } from './use-session.ts';

type Line = { readonly event: TailEvent };

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

export const TAIL_COLUMNS: readonly Column<TailEvent>[] = [
  { id: 'time', header: LIVE.time, size: 112, cell: (event) => <Arrival event={event} /> },
  { id: 'event', header: LIVE.event, size: 230, sizeMin: 160, cell: (event) => <What event={event} /> },
  {
    id: 'user',
    header: LIVE.user,
    size: 230,
    sizeMin: 140,
    cell: (event) => <OfSession event={event} part={(session) => <UserCell session={session} />} />,
  },
  {
    id: 'device',
    header: LIVE.device,
    size: 190,
    sizeMin: 140,
    cell: (event) => <OfSession event={event} part={({ client }) => <Device client={client} />} isQuiet />,
  },
  {
    id: 'address',
    header: LIVE.address,
    size: 140,
    sizeMin: 116,
    cell: (event) => <OfSession event={event} part={({ address }) => <Address address={address} />} isQuiet />,
  },
  { id: 'id', header: LIVE.id, size: 190, sizeMin: 148, cell: ({ id }) => id !== '' && <Identifier value={id} /> },
];

function Arrival({ event: { time } }: Line) {
  return (
    <time dateTime={new Date(time).toISOString()} data-tip={exactTime(time)}>
      {clock.format(time)}
    </time>
  );
}

const TONES: Readonly<Record<TailEvent['kind'], string>> = {
  opened: 'green',
  changed: 'grey',
  ended: 'grey',
  removed: 'grey',
  gap: 'amber',
};

function What({ event }: Line) {
  const tone = event.close_reason === 'compromised' ? 'red' : TONES[event.kind];
  const words = wordsOf(event);
  return (
    <span className={`state ${tone}`} data-tip={event.kind === 'gap' ? words : undefined}>
      <span className="state-dot" />
      {words}
    </span>
  );
}

function wordsOf({ kind, close_reason, revision }: TailEvent): string {
  if (kind === 'opened') return LIVE.opened;
  if (kind === 'changed') return LIVE.changed(revision ?? 0);
  if (kind === 'removed') return LIVE.removed;
  if (kind === 'gap') return LIVE.gap;
  return isReason(close_reason) ? LIVE.ended[close_reason] : LIVE.endedOtherwise;
}

function isReason(reason: string | null): reason is keyof typeof LIVE.ended {
  return reason !== null && reason in LIVE.ended;
}

interface OfSessionProps extends Line {
  readonly part: (session: ListedSession) => React.ReactNode;
  /** Whether nothing is shown until the session was read. */
  readonly isQuiet?: boolean;
}

function OfSession({ event: { id }, part, isQuiet = false }: OfSessionProps) {
  const session = useLineSession(id);
  if (session) return part(session);
  if (isQuiet || id === '') return null;
  return <span className="quiet-text">{session === null ? LIVE.unknown : LIVE.reading}</span>;
}

/** A change in two lines, for a window that is too narrow for columns. */
export function NarrowChange({ event }: Line) {
  return (
    <span className="narrow-session">
      <span>
        <strong>
          <OfSession event={event} part={({ user_name, user_id }) => user_name ?? user_id} />
        </strong>
        <What event={event} />
      </span>
      <span className="quiet-text">
        <OfSession event={event} part={({ client }) => <Device client={client} />} isQuiet />
        <Arrival event={event} />
      </span>
    </span>
  );
}
