import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useFeedEvents } from '../../api/feed.ts';
import { sessionQuery } from '../../api/queries.ts';
import { ServiceError, UnreachableError } from '../../api/service.ts';
import type { SessionDetails } from '../../api/types.ts';
import { EndOne } from '../../ending/end-one.tsx';
import { usePendingEnd } from '../../ending/end-queue.ts';
import { useAwayReason } from '../../frame/away.ts';
import { useIsAdmin } from '../../frame/me.ts';
import { Button, IconButton } from '../../kit/button.tsx';
import { Empty, Failure, Skeleton } from '../../kit/states.tsx';
import { Time } from '../../kit/time.tsx';
import { Address, Device, EndedCell, StateMark } from '../../sessions/cells.tsx';
import { endsInAnyCase, type ListedSession } from '../../sessions/listed-session.ts';
import { userText } from '../../sessions/user-text.ts';
import { COMMON, ENDING, SESSION } from '../../texts.ts';
import { DeleteSession } from './delete-session.tsx';
import { Facts } from './facts.tsx';
import { OtherSessions } from './other-sessions.tsx';
import { Timeline } from './timeline.tsx';
import { Values } from './values.tsx';
import './session-panel.css';

interface SessionPanelProps {
  readonly id: string;
  readonly onClose: () => void;
}

/** One session: what it is, when it ends, its values, and the other sessions of its user. */
export default function SessionPanel({ id, onClose }: SessionPanelProps) {
  const client = useQueryClient();
  const query = sessionQuery(id);
  const { data: session, error, refetch } = useQuery(query);
  useFeedEvents((event) => {
    if (event.kind === 'gap' || event.changes.some((change) => change.id === id)) {
      void client.invalidateQueries({ queryKey: query.queryKey });
    }
  });
  const isUnknown = error instanceof ServiceError && error.status === 404;
  return (
    <>
      <div className="panel-top">
        <IconButton icon="close" label={COMMON.close} onClick={onClose} />
      </div>
      {isUnknown ? (
        <Empty title={SESSION.unknown} />
      ) : session ? (
        <>
          {error && !(error instanceof UnreachableError) && <Failure error={error} />}
          <Content session={session} />
        </>
      ) : error ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton />
      )}
    </>
  );
}

function Content({ session }: { readonly session: SessionDetails & ListedSession }) {
  const isAdmin = useIsAdmin();
  const [dialog, setDialog] = useState<'end' | 'delete' | null>(null);
  const pending = usePendingEnd(session.id);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // On a narrow screen the panel has taken the place of the list, and the focus with it.
    if (!document.activeElement || document.activeElement === document.body) title.current?.focus();
  }, []);
  const away = useAwayReason();
  const blocked = away ?? (pending && pending.state !== 'failed' ? ENDING.mark : undefined);
  return (
    <div className="panel-content">
      <header className="panel-head">
        <StateMark session={session} />
        <h2 ref={title} tabIndex={-1}>
          {userText(session)}
        </h2>
        <p className="quiet-text">
          <Device client={session.client} />, <Address address={session.address} />
        </p>
        {session.actor && (
          <p className="actor">
            {SESSION.actor(session.actor.type, session.actor.id)} {session.actor.reason}
          </p>
        )}
        {session.active ? (
          <p className="quiet-text">
            {session.ends_at === null ? (
              SESSION.never
            ) : (
              <>
                {SESSION.endsIn} <Time value={session.ends_at} form="left" isFocusable />{' '}
                {endsInAnyCase(session) ? SESSION.inAnyCase : SESSION.unlessUsed}
              </>
            )}
          </p>
        ) : (
          <p className="quiet-text">
            {SESSION.endedWord} <EndedCell session={session} />
          </p>
        )}
        <div className="panel-actions">
          {session.active && (
            <Button look="danger" blocked={blocked} onClick={() => setDialog('end')}>
              {SESSION.end}
            </Button>
          )}
          {isAdmin && (
            <Button blocked={blocked} onClick={() => setDialog('delete')}>
              {SESSION.delete}
            </Button>
          )}
        </div>
      </header>
      <Facts session={session} />
      <Timeline session={session} />
      <Values session={session} />
      <OtherSessions session={session} />
      {dialog === 'end' && <EndOne session={session} onClose={() => setDialog(null)} />}
      {dialog === 'delete' && <DeleteSession session={session} onClose={() => setDialog(null)} />}
    </div>
  );
}
