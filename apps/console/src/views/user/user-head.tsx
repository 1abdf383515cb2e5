import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { exportUser } from '../../api/commands.ts';
import { useFeedEvents } from '../../api/feed.ts';
import { listSessions } from '../../api/queries.ts';
import { CommandButton } from '../../commands/same-by-command.tsx';
import { userLines } from '../../commands/user-lines.ts';
import { saveFile } from '../../ending/csv.ts';
import { EndMany } from '../../ending/end-many.tsx';
import { useAwayReason } from '../../frame/away.ts';
import { useIsAdmin, useTarget } from '../../frame/me.ts';
import { Button } from '../../kit/button.tsx';
import { CopyButton } from '../../kit/copy.tsx';
import { Failure } from '../../kit/states.tsx';
import { useLocation } from '../../routing/location.ts';
import { SESSION_PARAMETER } from '../../routing/routes.ts';
import { NO_FILTER } from '../../sessions/filter.ts';
import { USER } from '../../texts.ts';
import { Erase } from './erase.tsx';
import { UserBand } from './user-band.tsx';

/** Sessions in the band, at most. */
const BAND_MAX = 100;
const READ_AGAIN_MS = 5_000;

/** The user: name, live sessions, the last 30 days, and the actions. */
export function UserHead({ user_id }: { readonly user_id: string }) {
  const client = useQueryClient();
  const isAdmin = useIsAdmin();
  const away = useAwayReason();
  const target = useTarget();
  const openId = useLocation().query.get(SESSION_PARAMETER);
  const [dialog, setDialog] = useState<'all' | 'others' | 'erase' | null>(null);
  const all = useQuery({
    queryKey: ['user', user_id, 'all'],
    queryFn: ({ signal }) => listSessions({ user_id }, { limit: BAND_MAX, signal }),
    staleTime: READ_AGAIN_MS,
  });
  const live = useQuery({
    queryKey: ['user', user_id, 'live'],
    queryFn: ({ signal }) => listSessions({ user_id, active: true }, { limit: BAND_MAX, signal }),
    staleTime: READ_AGAIN_MS,
  });
  const prefix = all.data?.items[0]?.id.slice(0, 4);
  useFeedEvents((event) => {
    // The sessions of a user begin with the same digits.
    const isOwn = event.kind === 'gap' || event.changes.some(({ id }) => prefix !== undefined && id.startsWith(prefix));
    if (isOwn) void client.invalidateQueries({ queryKey: ['user', user_id] });
  });
  const save = useMutation({
    mutationFn: () => exportUser(user_id),
    onSuccess: (text) => saveFile('user-export.ndjson', text, 'application/x-ndjson'),
  });
  const name = all.data?.items.find(({ user_name }) => user_name)?.user_name;
  const liveCount = live.data?.items.length;
  const kept = openId !== null && live.data?.items.some(({ id }) => id === openId) ? openId : null;
  const none = liveCount === 0 ? USER.noneLive : undefined;
  return (
    <header className="user-head">
      <div className="user-title">
        <h2>{name ?? user_id}</h2>
        <p className="quiet-text">
          {name && user_id} <CopyButton text={user_id} />
          {liveCount !== undefined && USER.live(liveCount, live.data?.next_cursor !== null)}
        </p>
      </div>
      {isAdmin && (
        <div className="user-actions">
          <Button blocked={away ?? (kept ? none : USER.keep)} onClick={() => setDialog('others')}>
            {USER.endOthers}
          </Button>
          <Button blocked={away ?? none} onClick={() => setDialog('all')}>
            {USER.endAll}
          </Button>
          <Button blocked={away} disabled={save.isPending} onClick={() => save.mutate()}>
            {USER.export}
          </Button>
          <CommandButton label={USER.exportByCommand} lines={() => userLines(target, 'export', user_id)} />
          <Button blocked={away} onClick={() => setDialog('erase')}>
            {USER.erase}
          </Button>
        </div>
      )}
      {save.error && <Failure error={save.error} />}
      {all.data && <UserBand sessions={all.data.items} isMore={all.data.next_cursor !== null} />}
      {all.error && <Failure error={all.error} />}
      {(dialog === 'all' || dialog === 'others') && (
        <EndMany
          source={{
            kind: 'filter',
            filter: { ...NO_FILTER, values: { user_id } },
            except: dialog === 'others' && kept ? [kept] : [],
          }}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog === 'erase' && <Erase user_id={user_id} onClose={() => setDialog(null)} />}
    </header>
  );
}
