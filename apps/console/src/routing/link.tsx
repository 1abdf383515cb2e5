import type { AnchorHTMLAttributes, MouseEvent } from 'react';
import { href, navigate } from './location.ts';

type LinkProps = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> & {
  readonly to: string;
  readonly query?: URLSearchParams;
};

/** A link within the console. With a modifier key it opens as links do: in another tab or window. */
export function Link({ to, query, onClick, ...rest }: LinkProps) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    const isOther = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0;
    if (event.defaultPrevented || isOther) return;
    event.preventDefault();
    navigate(to, query);
  };
  return <a {...rest} href={href(to, query)} onClick={follow} />;
}
