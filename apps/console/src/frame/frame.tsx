import { type ReactNode, use, useState } from 'react';
import { Toasts } from '../ending/toasts.tsx';
import { useShortcuts } from '../kit/shortcuts.ts';
import { Stale } from '../kit/states.tsx';
import { Tips } from '../kit/tips.tsx';
import type { ViewName } from '../routing/routes.ts';
import { COMMON, FRAME, VIEW_NAMES } from '../texts.ts';
import { AwayContext } from './away.ts';
import { Help } from './help.tsx';
import { useMe } from './me.ts';
import { Rail } from './rail.tsx';
import { TopBar } from './top-bar.tsx';

/** What stays while the views change. */
export function Frame({ view, children }: { readonly view: ViewName | null; readonly children: ReactNode }) {
  const { open } = useMe();
  const away = use(AwayContext);
  const [isHelpOpen, setHelpOpen] = useState(false);
  useShortcuts([['?', () => setHelpOpen(true)]]);
  return (
    <div className="frame">
      <a className="skip" href="#content">
        {FRAME.skip}
      </a>
      <TopBar onHelp={() => setHelpOpen(true)} />
      <Rail current={view} />
      <main className="main" id="content" tabIndex={-1}>
        <h1 className="visually-hidden">{view ? VIEW_NAMES[view] : COMMON.noPage}</h1>
        <div className={away === null ? 'view' : 'view is-away'}>
          {away !== null && <Stale since={away} />}
          {open && <p className="notice">{FRAME.open}</p>}
          {children}
        </div>
      </main>
      <Toasts />
      <Tips />
      {isHelpOpen && <Help onClose={() => setHelpOpen(false)} />}
    </div>
  );
}
