import { Popover as Parts } from '@base-ui/react/popover';
import type { ReactElement, ReactNode } from 'react';

interface PopoverProps {
  readonly trigger: ReactElement<Record<string, unknown>>;
  readonly label: string;
  readonly open?: boolean;
  readonly onOpenChange?: (open: boolean) => void;
  readonly children: ReactNode;
}

/** What floats beside a button: a list of choices, or one input. */
export function Popover({ trigger, label, open, onOpenChange, children }: PopoverProps) {
  return (
    <Parts.Root {...(open !== undefined && { open })} onOpenChange={(next) => onOpenChange?.(next)}>
      <Parts.Trigger render={trigger} />
      <Parts.Portal>
        <Parts.Positioner className="floating" sideOffset={4} align="start" collisionPadding={8}>
          <Parts.Popup className="popover" aria-label={label} data-modal="">
            {children}
          </Parts.Popup>
        </Parts.Positioner>
      </Parts.Portal>
    </Parts.Root>
  );
}
