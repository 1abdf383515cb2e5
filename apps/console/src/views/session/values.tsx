import { useMutation } from '@tanstack/react-query';
import { revealValues } from '../../api/commands.ts';
import type { SessionDetails } from '../../api/types.ts';
import { CommandButton } from '../../commands/same-by-command.tsx';
import { revealLines } from '../../commands/session-lines.ts';
import { useAwayReason } from '../../frame/away.ts';
import { useMe, useTarget } from '../../frame/me.ts';
import { Button } from '../../kit/button.tsx';
import { JsonTree } from '../../kit/json-tree.tsx';
import { Failure } from '../../kit/states.tsx';
import { SESSION } from '../../texts.ts';

/** `user` and `data`: their sizes, and the values themselves once somebody asks for them. */
export function Values({ session }: { readonly session: SessionDetails }) {
  const { audit } = useMe();
  const away = useAwayReason();
  const target = useTarget();
  const reveal = useMutation({ mutationFn: () => revealValues(session.id) });
  if (!session.active) {
    return (
      <section aria-label={SESSION.values}>
        <h3>{SESSION.values}</h3>
        <p className="quiet-text">{SESSION.ended}</p>
      </section>
    );
  }
  return (
    <section aria-label={SESSION.values}>
      <h3>{SESSION.values}</h3>
      <dl className="facts">
        <dt>user</dt>
        <dd>{reveal.data ? <JsonTree value={reveal.data.user} label="user" /> : SESSION.bytes(session.user_bytes)}</dd>
        <dt>data</dt>
        <dd>{reveal.data ? <JsonTree value={reveal.data.data} label="data" /> : SESSION.bytes(session.data_bytes)}</dd>
      </dl>
      {reveal.error && <Failure error={reveal.error} />}
      {!reveal.data && (
        <div className="reveal">
          <Button blocked={away} disabled={reveal.isPending} onClick={() => reveal.mutate()}>
            {SESSION.reveal}
          </Button>
          <CommandButton label={SESSION.revealByCommand} lines={() => revealLines(target, session.id)} />
          <p className="quiet-text">{audit === null ? SESSION.revealNoAudit : SESSION.revealNote}</p>
        </div>
      )}
    </section>
  );
}
