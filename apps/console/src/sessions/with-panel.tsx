import type { ReactNode } from 'react';
import { Code, Shown } from '../kit/code.tsx';
import { useShortcuts } from '../kit/shortcuts.ts';
import { setQuery, useLocation } from '../routing/location.ts';
import { SESSION_PARAMETER } from '../routing/routes.ts';
import { SESSION } from '../texts.ts';

const SESSION_PANEL = new Code(() => import('../views/session/session-panel.tsx'));

/** A view with the panel of the session that the address names. On a narrow screen the panel takes the whole place. */
export function WithPanel({ children }: { readonly children: ReactNode }) {
  const id = useLocation().query.get(SESSION_PARAMETER);
  const close = () => setQuery({ [SESSION_PARAMETER]: null });
  useShortcuts(id === null ? [] : [['Escape', close]]);
  return (
    <div className="with-panel">
      <div className="with-panel-main">{children}</div>
      {id !== null && (
        <aside className="panel" aria-label={SESSION.title}>
          <Shown key={id} code={SESSION_PANEL} props={{ id, onClose: close }} />
        </aside>
      )}
    </div>
  );
}
