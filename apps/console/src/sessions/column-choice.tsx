import { useState } from 'react';
import { IconButton } from '../kit/button.tsx';
import { Popover } from '../kit/popover.tsx';
import { readSetting, writeSetting } from '../kit/settings.ts';
import { COLUMN_NAMES, SESSIONS } from '../texts.ts';
import { COLUMN_ORDER, type ColumnName, hiddenByDefault } from './columns.tsx';
import type { SessionStates } from './filter.ts';
import type { ListedSession } from './listed-session.ts';

const SETTING = 'columns';
type Choices = Readonly<Partial<Record<ColumnName, boolean>>>;

interface ColumnChoiceProps {
  readonly hidden: readonly ColumnName[];
  readonly choose: (name: ColumnName, isShown: boolean) => void;
}

/** The columns that are not shown: those that were chosen, else those that fit the list. The browser remembers choices. */
export function useHiddenColumns(states: SessionStates, rows: readonly ListedSession[]): ColumnChoiceProps {
  const [choices, setChoices] = useState<Choices>(readChoices);
  const usual = hiddenByDefault(states, rows);
  return {
    hidden: COLUMN_ORDER.filter((name) => (choices[name] === undefined ? usual.includes(name) : !choices[name])),
    choose: (name, isShown) => {
      const next = { ...choices, [name]: isShown };
      setChoices(next);
      writeSetting(SETTING, JSON.stringify(next));
    },
  };
}

function readChoices(): Choices {
  try {
    const value: unknown = JSON.parse(readSetting(SETTING) ?? '{}');
    return typeof value === 'object' && value !== null ? (value as Choices) : {};
  } catch {
    return {};
  }
}

/** A list of all columns, each with a box. The state and the user are always shown. */
export function ColumnChoice({ hidden, choose }: ColumnChoiceProps) {
  return (
    <Popover
      label={SESSIONS.columns}
      trigger={<IconButton className="column-choice" icon="columns" label={SESSIONS.columns} />}
    >
      <ul>
        {COLUMN_ORDER.map((name) => (
          <li key={name}>
            <label className="menu-item">
              <input
                type="checkbox"
                checked={!hidden.includes(name)}
                disabled={name === 'state' || name === 'user'}
                onChange={(event) => choose(name, event.target.checked)}
              />
              {COLUMN_NAMES[name]}
            </label>
          </li>
        ))}
      </ul>
    </Popover>
  );
}
