import { useNow } from '../../kit/now.ts';
import { Time } from '../../kit/time.tsx';
import { exactTime } from '../../kit/time-text.ts';
import type { ListedSession } from '../../sessions/listed-session.ts';
import { TIMELINE } from '../../texts/session.ts';
import { REASON_WORDS, SESSION } from '../../texts.ts';

interface Moment {
  readonly name: string;
  readonly time: number;
  readonly note?: string | null;
}

/** What happened to a session, and the deadlines that lie ahead, in the order of time. */
export function Timeline({ session }: { readonly session: ListedSession }) {
  const now = useNow();
  return (
    <section aria-label={SESSION.timeline}>
      <h3>{SESSION.timeline}</h3>
      <ol className="timeline">
        {momentsOf(session).map(({ name, time, note }) => (
          <li key={name} data-future={time > now ? '' : undefined}>
            <span>
              <strong>{name}</strong> {note}
            </span>
            <span className="quiet-text">
              <Time value={time} isFocusable />, {exactTime(time)}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function momentsOf(session: ListedSession): readonly Moment[] {
  const { open_time, auth_time, auth_methods, auth_level, request_time, expire_time, close_time } = session;
  const proof = [auth_methods.join(', '), auth_level === null ? '' : TIMELINE.level(auth_level)].filter(Boolean);
  const past: Moment[] = [
    { name: TIMELINE.opened, time: Date.parse(open_time) },
    { name: TIMELINE.proved, time: Date.parse(auth_time), note: proof.join(', ') },
    { name: TIMELINE.active, time: Date.parse(request_time) },
  ];
  if (!session.active) {
    const note = session.close_reason && SESSION.endedBy(session.closed_by, REASON_WORDS[session.close_reason]);
    if (close_time) past.push({ name: TIMELINE.ended, time: Date.parse(close_time), note });
    return past.toSorted((one, other) => one.time - other.time);
  }
  const expires = expire_time === null ? null : Date.parse(expire_time);
  const idle = Date.parse(request_time) + session.idle_timeout * 1_000;
  if (expires === null || idle < expires) past.push({ name: TIMELINE.idle, time: idle });
  if (expires !== null) past.push({ name: TIMELINE.expires, time: expires });
  return past.toSorted((one, other) => one.time - other.time);
}
