import type { EndOptions } from '../api/commands.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/states.tsx';
import { MANY } from '../texts.ts';
import { csv, saveFile } from './csv.ts';
import type { Matching } from './matching.ts';
import type { EndRunState } from './use-end-run.ts';

interface EndRunProps {
  readonly run: EndRunState;
  readonly data: Matching;
  readonly options: EndOptions;
}

/** The progress of a bulk end, and its result. */
export function EndRun({ run: { state, progress, error }, data, options }: EndRunProps) {
  const { ids, failed, isMore } = progress;
  return (
    <section className="end-run" aria-label={MANY.title}>
      <progress
        max={data.count}
        value={ids.length + failed.length}
        aria-label={MANY.progress(ids.length, data.count)}
      />
      <p role="status">
        {state === 'running' ? MANY.progress(ids.length, data.count) : MANY.done(ids.length)}{' '}
        {state === 'stopped' && MANY.stopped}
      </p>
      {failed.length > 0 && (
        <>
          <p>{MANY.failed(failed.length)}</p>
          <Failure error={failed[0]?.error} />
        </>
      )}
      {state === 'failed' && <Failure error={error} />}
      {state === 'done' && isMore && <p>{MANY.left}</p>}
      {state !== 'running' && ids.length > 0 && (
        <Button onClick={() => saveFile('ended-sessions.csv', endedCsv(data, ids, options))}>{MANY.csv}</Button>
      )}
    </section>
  );
}

const HEADER = ['id', 'user_id', 'user_name', 'address', 'client', 'open_time', 'reason', 'by'];

/** The sessions that were ended. Of one that was not read before, only the id is known. */
function endedCsv(
  { sessions }: Pick<Matching, 'sessions'>,
  ids: readonly string[],
  { reason, by }: EndOptions,
): string {
  const known = new Map(sessions.map((session) => [session.id, session]));
  const rows = ids.map((id) => {
    const session = known.get(id);
    const { user_id = null, user_name = null, address = null, client = null, open_time = null } = session ?? {};
    return [id, user_id, user_name, address, client, open_time, reason, by ?? null];
  });
  return csv(HEADER, rows);
}
