import { type ReactElement, useState } from 'react';
import { Icon, type IconName } from './icons.tsx';
import { Popover } from './popover.tsx';

interface MenuItem {
  readonly label: string;
  readonly icon?: IconName;
  /** For an item that is one of several choices. */
  readonly isChosen?: boolean;
  readonly onChoose: () => void;
}

interface MenuProps {
  readonly trigger: ReactElement<Record<string, unknown>>;
  readonly label: string;
  /** A line above the items. */
  readonly head?: string;
  readonly items: readonly MenuItem[];
}

/** A few actions or choices behind a button. */
export function Menu({ trigger, label, head, items }: MenuProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover trigger={trigger} label={label} open={isOpen} onOpenChange={setOpen}>
      {head && <p className="menu-head">{head}</p>}
      <ul>
        {items.map((item) => (
          <li key={item.label}>
            <button
              type="button"
              className="menu-item"
              aria-current={item.isChosen ? true : undefined}
              onClick={() => {
                setOpen(false);
                item.onChoose();
              }}
            >
              {item.icon && <Icon name={item.icon} />}
              {item.label}
              {item.isChosen && <Icon name="check" />}
            </button>
          </li>
        ))}
      </ul>
    </Popover>
  );
}
