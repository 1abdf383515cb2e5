import type { ReactNode } from 'react';

/** A view that is read from top to bottom. It can be focused, so that it can be scrolled with the keyboard. */
export function Page({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard
    <section className="page-scroll" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
