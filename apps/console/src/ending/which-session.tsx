import { Identifier } from '../kit/identifier.tsx';
import { Time } from '../kit/time.tsx';
import { ActorCell, Address, Device } from '../sessions/cells.tsx';
import type { ListedSession } from '../sessions/listed-session.ts';
import { userText } from '../sessions/user-text.ts';
import { COLUMN_NAMES } from '../texts.ts';

/** Shows in a dialog whether this session is the right one. */
export function WhichSession({ session }: { readonly session: ListedSession }) {
  return (
    <dl className="facts boxed">
      <dt>{COLUMN_NAMES.user}</dt>
      <dd>
        <strong>{userText(session)}</strong>
      </dd>
      {session.actor && (
        <>
          <dt>{COLUMN_NAMES.actor}</dt>
          <dd>
            <ActorCell session={session} />
          </dd>
        </>
      )}
      <dt>{COLUMN_NAMES.device}</dt>
      <dd>
        <Device client={session.client} />
      </dd>
      <dt>{COLUMN_NAMES.address}</dt>
      <dd>
        <Address address={session.address} />
      </dd>
      <dt>{COLUMN_NAMES.opened}</dt>
      <dd>
        <Time value={session.open_time} form="exact" />
      </dd>
      <dt>{COLUMN_NAMES.active}</dt>
      <dd>
        <Time value={session.request_time} />
      </dd>
      <dt>{COLUMN_NAMES.id}</dt>
      <dd>
        <Identifier value={session.id} />
      </dd>
    </dl>
  );
}
