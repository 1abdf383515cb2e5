import type { GivenReason } from '@pip-sessions/contract/close-reasons';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { manyLines } from '../commands/many-lines.ts';
import { SameByCommand } from '../commands/same-by-command.tsx';
import { useTarget } from '../frame/me.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { TextField } from '../kit/field.tsx';
import { Failure } from '../kit/states.tsx';
import { Time } from '../kit/time.tsx';
import { Device } from '../sessions/cells.tsx';
import { hasValues } from '../sessions/filter.ts';
import { userText } from '../sessions/user-text.ts';
import { COMMON, MANY, SESSION } from '../texts.ts';
import { EndFields } from './end-fields.tsx';
import { EndRun } from './end-run.tsx';
import { filterSentence } from './filter-sentence.ts';
import { countMatching, type ManySource, type Matching } from './matching.ts';
import { useEndRun } from './use-end-run.ts';

export type { ManySource } from './matching.ts';

/** From this number on it has to be typed. */
const TYPED_FROM = 51;
const EXAMPLES = 10;

interface EndManyProps {
  readonly source: ManySource;
  readonly onClose: (hasEnded: boolean) => void;
}

/** One sheet: what will end, how, the number to confirm, and then the progress. */
export function EndMany({ source, onClose }: EndManyProps) {
  const service = useTarget();
  const [reason, setReason] = useState<GivenReason>('revoked');
  const [by, setBy] = useState('');
  const [typed, setTyped] = useState('');
  const form = useId();
  const { data, error, refetch } = useQuery({
    queryKey: ['matching', form],
    queryFn: ({ signal }) => countMatching(source, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const run = useEndRun();
  const options = { reason, by: by.trim() || undefined };
  const isConfirmed = data !== undefined && (data.count < TYPED_FROM || typed.trim() === String(data.count));
  const hasEnded = run.state !== 'idle';

  return (
    <Dialog
      form="sheet"
      title={MANY.title}
      isDismissable={run.state !== 'running'}
      onClose={() => onClose(hasEnded)}
      actions={
        run.state === 'running' ? (
          <Button onClick={run.stop}>{MANY.stop}</Button>
        ) : hasEnded || data?.count === 0 ? (
          <Button onClick={() => onClose(hasEnded)}>{COMMON.close}</Button>
        ) : (
          <>
            <Button onClick={() => onClose(false)}>{COMMON.cancel}</Button>
            <Button
              look="danger"
              type="submit"
              form={form}
              blocked={isConfirmed ? undefined : data ? MANY.type(data.count) : MANY.counting}
            >
              {data ? MANY.confirm(data.count) : MANY.counting}
            </Button>
          </>
        )
      }
    >
      {error && <Failure error={error} onRetry={() => void refetch()} />}
      {!data && !error && <p role="status">{MANY.counting}</p>}
      {data?.count === 0 && <p>{MANY.nothing}</p>}
      {data && data.count > 0 && <What source={source} data={data} />}
      {data && data.count > 0 && !hasEnded && (
        <form
          id={form}
          className="end-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (isConfirmed) void run.start(data.target, options);
          }}
        >
          <EndFields reason={reason} onReason={setReason} by={by} onBy={setBy} />
          {data.count >= TYPED_FROM && (
            <TextField
              label={MANY.type(data.count)}
              inputMode="numeric"
              autoComplete="off"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </form>
      )}
      {data && hasEnded && <EndRun run={run} data={data} options={options} />}
      {data && data.count > 0 && <SameByCommand lines={manyLines(service, data.target, options)} />}
    </Dialog>
  );
}

/** What will end in one sentence, and examples. */
function What({ source, data }: { readonly source: ManySource; readonly data: Matching }) {
  const isEverything = source.kind === 'filter' && !hasValues(source.filter);
  const examples = data.sessions.slice(0, EXAMPLES);
  return (
    <>
      <p className="what">
        <strong>{MANY.what(data.count, data.users, data.isAtLeast)}</strong>
        {source.kind === 'filter' && filterSentence(source.filter)}
        {source.kind === 'filter' && source.except.length > 0 && `, ${MANY.except(source.except.length)}`}.
      </p>
      {isEverything && source.except.length === 0 && <p className="danger-note">{MANY.everything}</p>}
      <div>
        <h3>{MANY.examples(examples.length)}</h3>
        <ul className="examples">
          {examples.map((session) => (
            <li key={session.id}>
              <strong>{userText(session)}</strong>
              <span>
                <Device client={session.client} />, {session.address ?? SESSION.noAddress}
              </span>
              <Time value={session.request_time} />
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}
