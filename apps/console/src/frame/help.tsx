import { Dialog } from '../kit/dialog.tsx';
import { turnShortcuts, useShortcutsAreOn } from '../kit/shortcuts.ts';
import { HELP } from '../texts.ts';

/** All shortcuts, and the choice to turn those of a single key off. */
export function Help({ onClose }: { readonly onClose: () => void }) {
  const isOn = useShortcutsAreOn();
  return (
    <Dialog title={HELP.title} onClose={onClose}>
      <dl className="shortcuts">
        {HELP.keys.map(([key, meaning]) => [<dt key={key}>{key}</dt>, <dd key={meaning}>{meaning}</dd>])}
      </dl>
      <label className="check-line">
        <input type="checkbox" checked={isOn} onChange={(event) => turnShortcuts(event.target.checked)} />
        {HELP.turnOn}
      </label>
    </Dialog>
  );
}
