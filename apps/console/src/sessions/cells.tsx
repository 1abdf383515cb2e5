import { usePendingEnd } from '../ending/end-queue.ts';
import { Identifier } from '../kit/identifier.tsx';
import { useNow } from '../kit/now.ts';
import { Time } from '../kit/time.tsx';
import { Link } from '../routing/link.tsx';
import { pathOf } from '../routing/routes.ts';
import { ENDING, REASON_WORDS, SESSION, STATE_WORDS } from '../texts.ts';
import { useDevice } from './device.ts';
import type { ListedSession } from './listed-session.ts';
import { type SessionState, stateOf } from './listed-session.ts';

const TONES: Readonly<Record<SessionState, string>> = {
  live: 'green',
  ends_soon: 'amber',
  due: 'amber',
  ended: 'grey',
  compromised: 'red',
  deleted: 'grey',
};

/** A dot and a word: the colour is never alone. */
export function StateMark({ session }: { readonly session: ListedSession }) {
  const now = useNow();
  const end = usePendingEnd(session.id);
  const state = stateOf(session, now);
  const isEnding = end !== undefined && end.state !== 'failed' && session.active;
  return (
    <span className={`state ${isEnding ? 'amber' : TONES[state]}`}>
      <span className="state-dot" />
      {isEnding ? ENDING.mark : STATE_WORDS[state]}
    </span>
  );
}

/** The name, and the id below; the id alone if there is no name. A click shows the user. */
export function UserCell({ session: { user_id, user_name } }: { readonly session: ListedSession }) {
  return (
    <span className="user-cell">
      <Link to={pathOf('user')} query={new URLSearchParams({ id: user_id })} data-tip={user_id}>
        {user_name ?? user_id}
      </Link>
      {user_name && <small>{user_id}</small>}
    </span>
  );
}

export function Device({ client }: { readonly client: string | null }) {
  const device = useDevice(client);
  if (device === null) return <span className="quiet-text">{SESSION.noClient}</span>;
  return <span data-tip={device === client ? undefined : (client ?? undefined)}>{device}</span>;
}

export function Address({ address }: { readonly address: string | null }) {
  return address === null ? <span className="quiet-text">{SESSION.noAddress}</span> : <span>{address}</span>;
}

/** When a session ends without further activity; nothing for one that has ended. */
export function EndsCell({ session }: { readonly session: ListedSession }) {
  if (!session.active) return null;
  return session.ends_at === null ? SESSION.never : <Time value={session.ends_at} form="left" />;
}

/** How a session ended, and who ended it. */
export function EndedCell({ session: { close_time, close_reason, closed_by } }: { readonly session: ListedSession }) {
  if (close_reason === null) return null;
  return (
    <>
      {close_time && <Time value={close_time} />} {SESSION.endedBy(closed_by, REASON_WORDS[close_reason])}
    </>
  );
}

export function ActorCell({ session: { actor } }: { readonly session: ListedSession }) {
  if (!actor) return null;
  return (
    <span className="actor" data-tip={actor.reason ?? undefined}>
      {actor.type} {actor.id}
    </span>
  );
}

/** A session in two lines, for a window that is too narrow for columns. */
export function NarrowSession({ session }: { readonly session: ListedSession }) {
  return (
    <span className="narrow-session">
      <span>
        <span>
          <strong>{session.user_name ?? session.user_id}</strong>{' '}
          {session.user_name && <span className="quiet-text">{session.user_id}</span>}
        </span>
        <StateMark session={session} />
      </span>
      <span className="quiet-text">
        <span>
          <Device client={session.client} />, {session.address ?? SESSION.noAddress}
        </span>
        <Time value={session.request_time} />
      </span>
    </span>
  );
}

export function SessionId({ session: { id } }: { readonly session: ListedSession }) {
  return <Identifier value={id} />;
}
