import { Button } from '../kit/button.tsx';
import { useNow } from '../kit/now.ts';
import { errorText } from '../kit/states.tsx';
import { relativeText } from '../kit/time-text.ts';
import { COMMON, SESSIONS } from '../texts.ts';
import type { SessionList } from './session-list.ts';

/** What follows the last row of a list: whether there is more, and how far a search has looked. */
export function ListEnd({ list }: { readonly list: SessionList }) {
  const now = useNow();
  const { state, rows, searchedTo } = list;
  const searched = searchedTo === null ? null : SESSIONS.searchedTo(relativeText(searchedTo, now));
  if (state === 'loading') return null;
  return (
    <div className="table-end" role="status">
      {state === 'complete' && rows.length > 0 && <p>{SESSIONS.allLoaded(rows.length)}</p>}
      {state === 'more' && <p>{COMMON.loading}…</p>}
      {state === 'full' && <p>{SESSIONS.tooMany(rows.length)}</p>}
      {state === 'searching' && (
        <>
          <p>
            {SESSIONS.searching} {searched}
          </p>
          <Button onClick={list.stop}>{SESSIONS.stop}</Button>
        </>
      )}
      {state === 'stopped' && (
        <>
          <p>
            {SESSIONS.searchStopped} {searched}
          </p>
          <Button onClick={list.goOn}>{SESSIONS.goOn}</Button>
        </>
      )}
      {state === 'failed' && rows.length > 0 && (
        <>
          <p>{errorText(list.error)}</p>
          <Button onClick={list.goOn}>{COMMON.retry}</Button>
        </>
      )}
    </div>
  );
}
