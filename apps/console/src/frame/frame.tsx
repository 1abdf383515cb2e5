import { type ReactNode, useState } from 'react';
import { Toasts } from '../ending/toasts.tsx';
import { useShortcuts } from '../kit/shortcuts.ts';
import { Tips } from '../kit/tips.tsx';
import type { ViewName } from '../routing/routes.ts';
import { FRAME } from '../texts.ts';
import { Help } from './help.tsx';
import { useMe } from './me.ts';
import { Rail } from './rail.tsx';
import { TopBar } from './top-bar.tsx';

/** What stays while the views change. */
export function Frame({ view, children }: { readonly view: ViewName | null; readonly children: ReactNode }) {
  const { open } = useMe();
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
        <div className="view">
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
