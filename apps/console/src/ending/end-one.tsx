import type { GivenReason } from '@pip-sessions/contract/close-reasons';
import { type FormEvent, useId, useState } from 'react';
import { SameByCommand } from '../commands/same-by-command.tsx';
import { endLines } from '../commands/session-lines.ts';
import { useTarget } from '../frame/me.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import type { ListedSession } from '../sessions/listed-session.ts';
import { COMMON, ENDING } from '../texts.ts';
import { EndFields } from './end-fields.tsx';
import { endLater } from './end-queue.ts';
import { WhichSession } from './which-session.tsx';

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
      <WhichSession session={session} />
      <p>{session.actor ? ENDING.leadActor : ENDING.lead}</p>
      <form id={form} className="end-form" onSubmit={end}>
        <EndFields reason={reason} onReason={setReason} by={by} onBy={setBy} />
      </form>
      <SameByCommand lines={endLines(target, session.id, options)} />
    </Dialog>
  );
}
