import { Dialog as Parts } from '@base-ui/react/dialog';
import { type ReactNode, useRef } from 'react';
import { COMMON } from '../texts.ts';
import { IconButton } from './button.tsx';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** `sheet`: from the right edge, as high as the window. */
  readonly form?: 'dialog' | 'sheet';
  /** The buttons at the end. */
  readonly actions?: ReactNode;
  /** Whether Esc and a press outside close it. */
  readonly isDismissable?: boolean;
  readonly children: ReactNode;
}

/** A modal dialog. The focus stays within, and returns to where it was. */
export function Dialog({ title, onClose, form = 'dialog', actions, isDismissable = true, children }: DialogProps) {
  // The dialog itself gets the focus: nothing happens by an Enter too many.
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Parts.Root
      open
      disablePointerDismissal={!isDismissable}
      onOpenChange={(open, { reason }) => {
        if (!open && (isDismissable || reason === 'close-press')) onClose();
      }}
    >
      <Parts.Portal>
        <Parts.Backdrop className="backdrop" />
        <Parts.Popup ref={popup} initialFocus={popup} className={form} data-modal="">
          <header className="dialog-head">
            <Parts.Title className="dialog-title">{title}</Parts.Title>
            {isDismissable && <Parts.Close render={<IconButton icon="close" label={COMMON.close} />} />}
          </header>
          <div className="dialog-body">{children}</div>
          {actions && <footer className="dialog-actions">{actions}</footer>}
        </Parts.Popup>
      </Parts.Portal>
    </Parts.Root>
  );
}
