import { Menu as Parts } from '@base-ui/react/menu';
import type { ReactElement } from 'react';
import { Icon, type IconName } from './icons.tsx';

export interface MenuItem {
  readonly label: string;
  readonly icon?: IconName;
  /** For an item that is one of several choices. */
  readonly isChosen?: boolean;
  readonly onChoose: () => void;
}

interface MenuProps {
  readonly trigger: ReactElement<Record<string, unknown>>;
  /** A line above the items. */
  readonly head?: string;
  readonly items: readonly MenuItem[];
}

/** A menu of actions or choices. */
export function Menu({ trigger, head, items }: MenuProps) {
  return (
    <Parts.Root>
      <Parts.Trigger render={trigger} />
      <Parts.Portal>
        <Parts.Positioner className="floating" sideOffset={4} align="end" collisionPadding={8}>
          <Parts.Popup className="menu" data-modal="">
            <Parts.Group>
              {head && <Parts.GroupLabel className="menu-head">{head}</Parts.GroupLabel>}
              {items.map(({ label, icon, isChosen, onChoose }) => (
                <Parts.Item
                  key={label}
                  className="menu-item"
                  onClick={onChoose}
                  aria-current={isChosen ? true : undefined}
                >
                  {icon && <Icon name={icon} />}
                  {label}
                  {isChosen && <Icon name="check" />}
                </Parts.Item>
              ))}
            </Parts.Group>
          </Parts.Popup>
        </Parts.Positioner>
      </Parts.Portal>
    </Parts.Root>
  );
}
