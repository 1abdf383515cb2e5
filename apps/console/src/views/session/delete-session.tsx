import { useMutation, useQueryClient } from '@tanstack/react-query';
import { deleteSession } from '../../api/commands.ts';
import { sessionQuery } from '../../api/queries.ts';
import { SameByCommand } from '../../commands/same-by-command.tsx';
import { deleteLines } from '../../commands/session-lines.ts';
import { WhichSession } from '../../ending/which-session.tsx';
import { useTarget } from '../../frame/me.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { Failure } from '../../kit/states.tsx';
import type { ListedSession } from '../../sessions/listed-session.ts';
import { DELETING } from '../../texts/session.ts';
import { COMMON } from '../../texts.ts';

interface DeleteSessionProps {
  readonly session: ListedSession;
  readonly onClose: () => void;
}

/** Deletes a session after a confirmation. Unlike an end, it leaves no record. */
export function DeleteSession({ session, onClose }: DeleteSessionProps) {
  const client = useQueryClient();
  const target = useTarget();
  const remove = useMutation({
    mutationFn: () => deleteSession(session.id),
    onSuccess: () => {
      onClose();
      return client.resetQueries({ queryKey: sessionQuery(session.id).queryKey });
    },
  });
  return (
    <Dialog
      title={DELETING.title}
      isDismissable={!remove.isPending}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{COMMON.cancel}</Button>
          <Button look="danger" disabled={remove.isPending} onClick={() => remove.mutate()}>
            {DELETING.confirm}
          </Button>
        </>
      }
    >
      <WhichSession session={session} />
      <p>{session.active ? DELETING.leadLive : DELETING.lead}</p>
      {remove.error && <Failure error={remove.error} />}
      <SameByCommand lines={deleteLines(target, session.id)} />
    </Dialog>
  );
}
