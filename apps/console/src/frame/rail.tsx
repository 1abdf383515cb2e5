import { Icon } from '../kit/icons.tsx';
import { Link } from '../routing/link.tsx';
import { pathOf, type ViewName } from '../routing/routes.ts';
import { FRAME, VIEW_NAMES } from '../texts.ts';

const ENTRIES = ['overview', 'sessions', 'live', 'audit', 'keys', 'health'] as const satisfies readonly ViewName[];

/** The views. The view of a user belongs to the sessions. */
export function Rail({ current }: { readonly current: ViewName | null }) {
  const entry = current === 'user' ? 'sessions' : current;
  return (
    <nav className="rail" aria-label={FRAME.rail}>
      <ul>
        {ENTRIES.map((name) => (
          <li key={name}>
            <Link to={pathOf(name)} aria-current={name === entry ? 'page' : undefined}>
              <Icon name={name} />
              <span>{VIEW_NAMES[name]}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
