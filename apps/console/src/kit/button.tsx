import type { ButtonHTMLAttributes, ReactNode } from 'react';
import { Icon, type IconName } from './icons.tsx';

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  readonly look?: 'plain' | 'primary' | 'danger' | 'quiet';
  readonly icon?: IconName;
  /** Why the button does nothing now. It stays focusable, so that everybody can read the reason. */
  readonly blocked?: string | undefined;
  readonly children?: ReactNode;
};

/** A button. One that is blocked says why, on hover and focus and to screen readers. */
export function Button({ look = 'plain', icon, blocked, className, children, onClick, type, ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type ?? 'button'}
      className={`button ${look} ${className ?? ''}`}
      aria-disabled={blocked ? true : undefined}
      data-tip={blocked ?? rest['data-tip' as keyof typeof rest]}
      aria-description={blocked}
      onClick={blocked ? (event) => event.preventDefault() : onClick}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

type IconButtonProps = Omit<ButtonProps, 'icon' | 'children'> & { readonly icon: IconName; readonly label: string };

/** A button with an icon alone. Its label is shown on hover and focus. */
export function IconButton({ icon, label, look = 'quiet', className, ...rest }: IconButtonProps) {
  return (
    <Button {...rest} look={look} className={`only-icon ${className ?? ''}`} aria-label={label} data-tip={label}>
      <Icon name={icon} />
    </Button>
  );
}
