import type { GivenReason } from '@pip-sessions/contract/close-reasons';
import { type FormEvent, useId, useState } from 'react';
import { commandLine, curlLine } from '../commands/lines.ts';
import { SameByCommand } from '../commands/same-by-command.tsx';
import { useTarget } from '../frame/me.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Identifier } from '../kit/identifier.tsx';
import { Time } from '../kit/time.tsx';
import { ActorCell, Address, Device } from '../sessions/cells.tsx';
import type { ListedSession } from '../sessions/listed-session.ts';
import { userText } from '../sessions/user-text.ts';
import { COLUMN_NAMES, COMMON, ENDING } from '../texts.ts';
import { EndFields } from './end-fields.tsx';
import { endLater } from './end-queue.ts';

/** Asks whether this session is the right one, and ends it after the time in which it can be undone. */
export function EndOne({ session, onClose }: { readonly session: ListedSession; readonly onClose: () => void }) {
  const target = useTarget();
  const [reason, setReason] = useState<GivenReason>('revoked');
  const [by, setBy] = useState('');
  const form = useId();
  const options = { reason, by: by.trim() || undefined };
  const end = (event: FormEvent) => {
    event.preventDefault();
    endLater(session, options);
    onClose();
  };
  return (
    <Dialog
      title={ENDING.title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{COMMON.cancel}</Button>
          <Button look="danger" type="submit" form={form}>
            {ENDING.confirm}
          </Button>
        </>
      }
    >
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
      <p>{session.actor ? ENDING.leadActor : ENDING.lead}</p>
      <form id={form} className="end-form" onSubmit={end}>
        <EndFields reason={reason} onReason={setReason} by={by} onBy={setBy} />
      </form>
      <SameByCommand
        lines={{
          curl: curlLine(target, {
            method: 'POST',
            path: `/v2/sessions/${encodeURIComponent(session.id)}/close`,
            body: options,
          }),
          command: commandLine(target, ['close', session.id], options),
        }}
      />
    </Dialog>
  );
}
