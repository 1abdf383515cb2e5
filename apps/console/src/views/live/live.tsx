import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { sessionQuery } from '../../api/queries.ts';
import { CommandButton } from '../../commands/same-by-command.tsx';
import { tailLines } from '../../commands/session-lines.ts';
import { useTarget } from '../../frame/me.ts';
import { Button } from '../../kit/button.tsx';
import { DataTable } from '../../kit/data-table.tsx';
import { Empty } from '../../kit/states.tsx';
import { setQuery, useLocation } from '../../routing/location.ts';
import { SESSION_PARAMETER } from '../../routing/routes.ts';
import { WithPanel } from '../../sessions/with-panel.tsx';
import { LIVE } from '../../texts/live.ts';
import { NarrowChange, TAIL_COLUMNS } from './live-cells.tsx';
import { LINES_MAX, TAIL_KINDS, type TailEvent } from './tail.ts';
import { filterTail, prefixOf } from './tail-filter.ts';
import { SessionLoaderContext, useSessionLoader } from './use-session.ts';
import { useTail } from './use-tail.ts';
import './live.css';

const KINDS = ['all', ...TAIL_KINDS] as const;

/** Each change of a session as one line, the newest at the top. */
export default function Live() {
  const { query } = useLocation();
  const target = useTarget();
  const kind = KINDS.find((one) => one === query.get('kind')) ?? 'all';
  const text = query.get('q') ?? '';
  const openId = query.get(SESSION_PARAMETER);
  const [isPaused, setPaused] = useState(false);
  const { isInside, ...inside } = useInside();
  // A press must hit the line that was aimed at, so nothing moves under the pointer or beside an open session.
  const isHeld = isPaused || isInside || openId !== null;
  const { events, waiting, rate, clear } = useTail(isHeld);
  const loader = useSessionLoader();
  const known = useKnownText();
  const shown = filterTail(events, { kind, text, prefix: usePrefix(text) }, known);
  return (
    <SessionLoaderContext value={loader}>
      <WithPanel>
        <div className="view-head">
          <fieldset className="segments live-kinds">
            <legend className="visually-hidden">{LIVE.kindsLabel}</legend>
            {KINDS.map((one) => (
              <label key={one}>
                <input
                  type="radio"
                  name="kind"
                  checked={one === kind}
                  onChange={() => setQuery({ kind: one === 'all' ? null : one })}
                />
                <span>{LIVE.kinds[one]}</span>
              </label>
            ))}
          </fieldset>
          <input
            className="input live-filter"
            type="text"
            aria-label={LIVE.filterLabel}
            placeholder={LIVE.filter}
            spellCheck={false}
            autoComplete="off"
            value={text}
            onChange={(event) => setQuery({ q: event.target.value || null }, { replace: true })}
          />
          <div className="live-end">
            <p className="quiet-text">{isHeld ? heldText(isPaused, waiting) : LIVE.rate(rate)}</p>
            <CommandButton label={LIVE.byCommand} lines={() => tailLines(target, kind === 'all' ? undefined : kind)} />
            <Button look="quiet" onClick={clear}>
              {LIVE.clear}
            </Button>
            <Button aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
              {isPaused ? LIVE.goOn : LIVE.pause}
            </Button>
          </div>
        </div>
        {shown.length === 0 ? (
          <Empty title={events.length === 0 ? LIVE.empty : LIVE.emptyFilter}>
            {events.length === 0 && <p>{LIVE.emptyHint}</p>}
          </Empty>
        ) : (
          <div className="live-list" {...inside}>
            <DataTable
              label={LIVE.tableLabel}
              columns={TAIL_COLUMNS}
              rows={shown}
              rowId={({ key }) => String(key)}
              narrow={(event) => <NarrowChange event={event} />}
              openId={openKey(shown, openId)}
              onOpen={({ id }) => id !== '' && setQuery({ [SESSION_PARAMETER]: id }, { replace: openId !== null })}
              footer={<p className="table-end">{LIVE.bounded(LINES_MAX)}</p>}
            />
          </div>
        )}
      </WithPanel>
    </SessionLoaderContext>
  );
}

function heldText(isPaused: boolean, waiting: number): string {
  return isPaused ? LIVE.paused(waiting) : LIVE.held(waiting);
}

function openKey(events: readonly TailEvent[], openId: string | null): string | null {
  const open = openId === null ? undefined : events.find(({ id }) => id === openId);
  return open ? String(open.key) : null;
}

/** Whether somebody points at the list, has the focus in it, or has scrolled it. */
function useInside() {
  const [isPointed, setPointed] = useState(false);
  const [isFocused, setFocused] = useState(false);
  const [isScrolled, setScrolled] = useState(false);
  return {
    isInside: isPointed || isFocused || isScrolled,
    onPointerEnter: () => setPointed(true),
    onPointerLeave: () => setPointed(false),
    onFocus: () => setFocused(true),
    onBlur: () => setFocused(false),
    onScrollCapture: (event: React.UIEvent) => setScrolled((event.target as Element).scrollTop > 0),
  };
}

/** What has been read about a session, as one text to search in. */
function useKnownText(): (id: string) => string | null {
  const client = useQueryClient();
  return (id) => {
    const session = client.getQueryData(sessionQuery(id).queryKey);
    if (!session) return null;
    const { user_id, user_name, address, client: device } = session;
    return [user_id, user_name, address, device].filter(Boolean).join('\n');
  };
}

function usePrefix(text: string): string | null {
  const [found, setFound] = useState<{ readonly text: string; readonly prefix: string | null } | null>(null);
  useEffect(() => {
    let isCurrent = true;
    void prefixOf(text.trim()).then((prefix) => isCurrent && setFound({ text, prefix }));
    return () => {
      isCurrent = false;
    };
  }, [text]);
  return found?.text === text ? found.prefix : null;
}
