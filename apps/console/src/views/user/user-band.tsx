import { useNow } from '../../kit/now.ts';
import { shortTime } from '../../kit/time-text.ts';
import { setQuery } from '../../routing/location.ts';
import { SESSION_PARAMETER } from '../../routing/routes.ts';
import { useDevice } from '../../sessions/device.ts';
import { type ListedSession, stateOf } from '../../sessions/listed-session.ts';
import { SESSION, STATE_WORDS, USER } from '../../texts.ts';

const DAYS_MS = 30 * 86_400_000;

interface UserBandProps {
  readonly sessions: readonly ListedSession[];
  readonly isMore: boolean;
}

/** The last 30 days with a bar for each session, from its opening to its end, coloured by its state. */
export function UserBand({ sessions, isMore }: UserBandProps) {
  const now = useNow();
  const shown = sessions.filter((session) => endOf(session, now) > now - DAYS_MS);
  return (
    <figure className="band">
      <figcaption className="quiet-text">
        {shown.length === 0 ? USER.bandNone : USER.band} {isMore && USER.bandMore(sessions.length)}
      </figcaption>
      {shown.length > 0 && (
        <ul className="band-rows">
          {shown.map((session) => (
            <li key={session.id}>
              <Bar session={session} now={now} />
            </li>
          ))}
        </ul>
      )}
    </figure>
  );
}

function endOf({ close_time }: ListedSession, now: number): number {
  return close_time === null ? now : Date.parse(close_time);
}

function Bar({ session, now }: { readonly session: ListedSession; readonly now: number }) {
  const device = useDevice(session.client) ?? SESSION.noClient;
  const from = Math.max(Date.parse(session.open_time), now - DAYS_MS);
  const left = ((from - (now - DAYS_MS)) / DAYS_MS) * 100;
  const width = ((endOf(session, now) - from) / DAYS_MS) * 100;
  const state = stateOf(session, now);
  const text = `${STATE_WORDS[state]}, ${device}, ${shortTime(session.open_time)}`;
  return (
    <button
      type="button"
      className="bar-row"
      data-tip={text}
      onClick={() => setQuery({ [SESSION_PARAMETER]: session.id })}
    >
      <span className="bar-name">{device}</span>
      <span className="bar-track">
        <span className={`bar ${state}`} style={{ left: `min(${left}%, 100% - 4px)`, width: `max(4px, ${width}%)` }} />
      </span>
      <span className="visually-hidden">{text}</span>
    </button>
  );
}
