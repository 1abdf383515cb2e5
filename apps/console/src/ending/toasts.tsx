import { Button, IconButton } from '../kit/button.tsx';
import { useSeconds } from '../kit/now.ts';
import { errorText } from '../kit/states.tsx';
import { userText } from '../sessions/user-text.ts';
import { COMMON, ENDING } from '../texts.ts';
import { sessionOfEnd, undoQueue, usePendingEnds } from './end-queue.ts';
import type { PendingEnd } from './undo-queue.ts';

/** The ends that can still be undone, are being sent, or have failed. A failed one stays until it is dismissed. */
export function Toasts() {
  const ends = usePendingEnds();
  return (
    <section className="toasts" aria-label={ENDING.toasts}>
      {ends.map((end) => (
        <Toast key={end.id} end={end} />
      ))}
    </section>
  );
}

function Toast({ end }: { readonly end: PendingEnd }) {
  const session = sessionOfEnd(end.id);
  const user = session ? userText(session) : end.id;
  return (
    <div className="toast" role={end.state === 'failed' ? 'alert' : 'status'}>
      {end.state === 'waiting' && (
        <>
          <p>
            {ENDING.soon(user)} <Countdown due={end.due} />
          </p>
          <Button onClick={() => undoQueue.undo(end.id)}>{COMMON.undo}</Button>
        </>
      )}
      {end.state === 'sending' && <p>{ENDING.sending(user)}</p>}
      {end.state === 'failed' && (
        <>
          <p>
            {ENDING.failed(user)} {errorText(end.error)}
          </p>
          <IconButton icon="close" label={COMMON.dismiss} onClick={() => undoQueue.dismiss(end.id)} />
        </>
      )}
    </div>
  );
}

/** Seconds that are left. Screen readers hear the sentence before it once, and not each second. */
function Countdown({ due }: { readonly due: number }) {
  useSeconds();
  return <span aria-hidden="true">{ENDING.secondsLeft(Math.max(0, Math.ceil((due - Date.now()) / 1_000)))}</span>;
}
