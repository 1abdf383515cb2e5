import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { eraseUser } from '../../api/commands.ts';
import { SameByCommand } from '../../commands/same-by-command.tsx';
import { userLines } from '../../commands/user-lines.ts';
import { useTarget } from '../../frame/me.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { TextField } from '../../kit/field.tsx';
import { Failure } from '../../kit/states.tsx';
import { COMMON, USER } from '../../texts.ts';

/** Deletes everything about a user, after the id was typed. Erases in steps until nothing is left. */
export function Erase({ user_id, onClose }: { readonly user_id: string; readonly onClose: () => void }) {
  const client = useQueryClient();
  const target = useTarget();
  const [typed, setTyped] = useState('');
  const form = useId();
  const erase = useMutation({
    mutationFn: () => eraseAll(user_id),
    onSettled: () => client.invalidateQueries({ queryKey: ['user', user_id] }),
  });
  const isConfirmed = typed.trim() === user_id.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isConfirmed) erase.mutate();
  };
  return (
    <Dialog
      title={USER.eraseTitle}
      isDismissable={!erase.isPending}
      onClose={onClose}
      actions={
        erase.isSuccess ? (
          <Button onClick={onClose}>{COMMON.close}</Button>
        ) : (
          <>
            <Button onClick={onClose}>{COMMON.cancel}</Button>
            <Button
              look="danger"
              type="submit"
              form={form}
              disabled={erase.isPending}
              blocked={isConfirmed ? undefined : USER.eraseType}
            >
              {USER.eraseConfirm}
            </Button>
          </>
        )
      }
    >
      {erase.isSuccess ? (
        <p role="status">{USER.erased(erase.data)}</p>
      ) : (
        <>
          <p>
            <strong>{user_id}</strong>
          </p>
          <p>{USER.eraseLead}</p>
          <form id={form} onSubmit={submit}>
            <TextField
              label={USER.eraseType}
              value={typed}
              autoComplete="off"
              onChange={(event) => setTyped(event.target.value)}
            />
          </form>
        </>
      )}
      {erase.error && <Failure error={erase.error} />}
      <SameByCommand lines={userLines(target, 'erase', user_id)} />
    </Dialog>
  );
}

/** Returns how many sessions were deleted. */
async function eraseAll(user_id: string): Promise<number> {
  let erased = 0;
  for (;;) {
    const result = await eraseUser(user_id);
    erased += result.erased;
    if (!result.more) return erased;
  }
}
