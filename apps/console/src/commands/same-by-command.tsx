import { IconButton } from '../kit/button.tsx';
import { Command } from '../kit/command.tsx';
import { Popover } from '../kit/popover.tsx';
import { COMMON } from '../texts.ts';
import type { CommandLines } from './lines.ts';

/** The lines of a shell that do the same, closed until somebody wants them. */
export function SameByCommand({ lines }: { readonly lines: CommandLines }) {
  return (
    <details className="same">
      <summary>{COMMON.sameByCommand}</summary>
      <Lines lines={lines} />
    </details>
  );
}

interface CommandButtonProps {
  /** What the lines do: `Export from a command line`. */
  readonly label: string;
  /** Called when the lines are shown. */
  readonly lines: () => CommandLines;
}

/** The same beside an action that has no dialog. */
export function CommandButton({ label, lines }: CommandButtonProps) {
  return (
    <Popover label={label} trigger={<IconButton icon="terminal" label={label} />}>
      <div className="same-popover">
        <p className="menu-head">{label}</p>
        <LinesNow lines={lines} />
      </div>
    </Popover>
  );
}

function LinesNow({ lines }: Pick<CommandButtonProps, 'lines'>) {
  return <Lines lines={lines()} />;
}

function Lines({ lines: { command, curl } }: { readonly lines: CommandLines }) {
  return (
    <>
      {command !== null && <Command line={command} />}
      <Command line={curl} />
    </>
  );
}
