import { useState } from 'react';
import { serviceTime } from '../api/service.ts';
import { CommandButton } from '../commands/same-by-command.tsx';
import { listLines } from '../commands/session-lines.ts';
import { EndMany, type ManySource } from '../ending/end-many.tsx';
import { EndOne } from '../ending/end-one.tsx';
import { useAwayReason } from '../frame/away.ts';
import { useIsAdmin, useTarget } from '../frame/me.ts';
import { Button, IconButton } from '../kit/button.tsx';
import { DataTable } from '../kit/data-table.tsx';
import type { Selection } from '../kit/selection.ts';
import { useShortcuts } from '../kit/shortcuts.ts';
import { Empty, Failure, Skeleton } from '../kit/states.tsx';
import { setQuery, useLocation } from '../routing/location.ts';
import { SESSION_PARAMETER } from '../routing/routes.ts';
import { SESSIONS } from '../texts.ts';
import { NarrowSession } from './cells.tsx';
import { ColumnChoice, useHiddenColumns } from './column-choice.tsx';
import { SESSION_COLUMNS } from './columns.tsx';
import { hasValues, requestFilter, type ViewFilter } from './filter.ts';
import { ListEnd } from './list-end.tsx';
import type { ListedSession } from './listed-session.ts';
import type { SessionList } from './session-list.ts';
import { userText } from './user-text.ts';

interface SessionTableProps {
  readonly list: SessionList;
  readonly filter: ViewFilter;
  /** The words for a list without sessions. */
  readonly empty: string;
  /** Whether the end of all that match is offered here. The head of a user has its own. */
  readonly canEndMatching: boolean;
}

type Ending =
  | { readonly kind: 'one'; readonly session: ListedSession }
  | { readonly kind: 'many'; readonly source: ManySource };

/** A table of sessions with what can be done to them. */
export function SessionTable({ list, filter, empty, canEndMatching }: SessionTableProps) {
  const isAdmin = useIsAdmin();
  const away = useAwayReason();
  const target = useTarget();
  const openId = useLocation().query.get(SESSION_PARAMETER);
  const [selected, setSelected] = useState<{ readonly filter: ViewFilter; readonly ids: Selection }>({
    filter,
    ids: {},
  });
  const [ending, setEnding] = useState<Ending | null>(null);
  const columns = useHiddenColumns(filter.states, list.rows);

  // A selection belongs to its filter: what cannot be seen is not ended.
  const ids = selected.filter === filter ? selected.ids : {};
  const sessions = list.rows.filter(({ id, active }) => ids[id] && active);
  const clear = () => setSelected({ filter, ids: {} });
  const hasSelection = Object.keys(ids).length > 0;
  useShortcuts(hasSelection && openId === null ? [['Escape', clear]] : []);

  const end = (row: ListedSession | null) => {
    if (sessions.length > 1) setEnding({ kind: 'many', source: { kind: 'selected', sessions } });
    else {
      // What is open is what is looked at.
      const open = list.rows.find(({ id }) => id === openId);
      const session = sessions[0] ?? open ?? row;
      if (session?.active) setEnding({ kind: 'one', session });
    }
  };

  if (list.state === 'loading') return <Skeleton />;
  if (list.state === 'failed' && list.rows.length === 0) return <Failure error={list.error} onRetry={list.refresh} />;
  const isEmpty = list.rows.length === 0 && list.state === 'complete';
  return (
    <>
      {hasSelection ? (
        <div className="selection-bar">
          <p>{SESSIONS.selected(Object.keys(ids).length)}</p>
          <Button
            look="danger"
            blocked={away ?? (sessions.length === 0 ? SESSIONS.noneLive : undefined)}
            onClick={() => end(null)}
          >
            {SESSIONS.endSelected(sessions.length)}
          </Button>
          <Button look="quiet" onClick={clear}>
            {SESSIONS.clearSelection}
          </Button>
        </div>
      ) : (
        <div className="table-tools">
          {list.isOutdated && (
            <Button className="newer" onClick={list.refresh}>
              {SESSIONS.outdated}
            </Button>
          )}
          {!list.isOutdated && list.newer > 0 && (
            <Button className="newer" onClick={list.refresh}>
              {SESSIONS.newOnes(list.newer, list.isNewerMore)}
            </Button>
          )}
          <span className="table-tools-end">
            {isAdmin && canEndMatching && filter.states !== 'ended' && (
              <Button
                look="quiet"
                blocked={away ?? (isEmpty ? SESSIONS.noneLive : undefined)}
                onClick={() => setEnding({ kind: 'many', source: { kind: 'filter', filter, except: [] } })}
              >
                {SESSIONS.endMatching(hasValues(filter))}
              </Button>
            )}
            <CommandButton
              label={SESSIONS.listByCommand}
              lines={() => listLines(target, requestFilter(filter, serviceTime()))}
            />
            <IconButton icon="refresh" label={SESSIONS.refresh} onClick={list.refresh} />
            <ColumnChoice {...columns} />
          </span>
        </div>
      )}
      {isEmpty ? (
        <Empty title={empty} />
      ) : (
        <DataTable
          label={SESSIONS.tableLabel}
          columns={SESSION_COLUMNS}
          hidden={columns.hidden}
          rows={list.rows}
          rowId={sessionId}
          narrow={narrowSession}
          openId={openId}
          onOpen={({ id }) => setQuery({ [SESSION_PARAMETER]: id }, { replace: openId !== null })}
          selection={ids}
          onSelect={(next) => setSelected({ filter, ids: next })}
          selectLabel={selectLabel}
          selectAllLabel={SESSIONS.selectAll}
          onEnd={end}
          onReachEnd={list.loadMore}
          footer={<ListEnd list={list} />}
        />
      )}
      {ending?.kind === 'one' && <EndOne session={ending.session} onClose={() => setEnding(null)} />}
      {ending?.kind === 'many' && (
        <EndMany
          source={ending.source}
          onClose={(hasEnded) => {
            setEnding(null);
            if (hasEnded) clear();
          }}
        />
      )}
    </>
  );
}

function sessionId({ id }: ListedSession): string {
  return id;
}

function narrowSession(session: ListedSession) {
  return <NarrowSession session={session} />;
}

function selectLabel(session: ListedSession): string {
  return SESSIONS.selectRow(userText(session));
}
