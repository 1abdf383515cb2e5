import type { ReactNode } from 'react';
import { CopyButton } from '../../kit/copy.tsx';
import { Identifier } from '../../kit/identifier.tsx';
import { spanText } from '../../kit/time-text.ts';
import type { ListedSession } from '../../sessions/listed-session.ts';
import { FACTS } from '../../texts/session.ts';
import { SESSION } from '../../texts.ts';

/** The properties of a session, each with its exact value to copy. */
export function Facts({ session }: { readonly session: ListedSession }) {
  const { id, user_id, address, client, auth_methods, auth_level, actor, idle_timeout, revision } = session;
  return (
    <section aria-label={SESSION.facts}>
      <h3>{SESSION.facts}</h3>
      <dl className="facts">
        <Fact name={FACTS.id}>
          <Identifier value={id} />
        </Fact>
        <Fact name={FACTS.user_id} copy={user_id}>
          {user_id}
        </Fact>
        {address !== null && (
          <Fact name={FACTS.address} copy={address}>
            {address}
          </Fact>
        )}
        {client !== null && (
          <Fact name={FACTS.client} copy={client}>
            {client}
          </Fact>
        )}
        {auth_methods.length > 0 && <Fact name={FACTS.methods}>{auth_methods.join(', ')}</Fact>}
        {auth_level !== null && <Fact name={FACTS.level}>{auth_level}</Fact>}
        {actor && (
          <Fact name={FACTS.actor} copy={actor.id}>
            {actor.type} {actor.id}
            {actor.reason && `: ${actor.reason}`}
          </Fact>
        )}
        <Fact name={FACTS.idle}>{spanText(idle_timeout * 1_000)}</Fact>
        <Fact name={FACTS.revision}>{revision}</Fact>
      </dl>
    </section>
  );
}

interface FactProps {
  readonly name: string;
  readonly copy?: string;
  readonly children: ReactNode;
}

function Fact({ name, copy, children }: FactProps) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        {children}
        {copy !== undefined && <CopyButton text={copy} />}
      </dd>
    </>
  );
}
