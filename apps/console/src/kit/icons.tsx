import type { ReactNode } from 'react';

/** Icons of 16 px, drawn with lines of the text's colour. They have no meaning of their own: a text stands beside them. */
const PATHS = {
  overview: <path d="M2.5 9.5h4v4h-4zM2.5 2.5h4v4h-4zM9.5 2.5h4v4h-4zM9.5 9.5h4v4h-4z" />,
  sessions: <path d="M2.5 4h11M2.5 8h11M2.5 12h11" />,
  user: <path d="M8 8a2.75 2.75 0 1 0 0-5.5A2.75 2.75 0 0 0 8 8ZM2.75 13.5a5.25 5.25 0 0 1 10.5 0" />,
  live: <path d="M1.5 8h3l2-5 3 10 2-5h3" />,
  audit: <path d="M4 1.75h5.5l3 3v9.5H4zM9.25 2v3h3M6 8h4M6 10.75h4" />,
  keys: <path d="M5.25 11.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8.25 8.5h6M12 8.5V11" />,
  health: <path d="M8 13.5S2 10 2 5.9A3.1 3.1 0 0 1 8 4.6a3.1 3.1 0 0 1 6 1.3C14 10 8 13.5 8 13.5Z" />,
  search: <path d="M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM10.5 10.5l3 3" />,
  close: <path d="m4 4 8 8M12 4l-8 8" />,
  plus: <path d="M8 3v10M3 8h10" />,
  copy: <path d="M5.5 5.5h7v8h-7zM10.5 5.25V2.5h-7v8h1.75" />,
  check: <path d="m3 8.5 3.25 3.25L13 5" />,
  back: <path d="M9.5 3.5 5 8l4.5 4.5" />,
  down: <path d="m4 6 4 4 4-4" />,
  columns: <path d="M2.5 3h11v10h-11zM6.25 3v10M9.75 3v10" />,
  refresh: <path d="M13 8a5 5 0 1 1-1.5-3.5M13 2.5v2.75h-2.75" />,
  sun: (
    <path d="M8 10.75a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5ZM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1" />
  ),
  moon: <path d="M13.25 9.5A5.5 5.5 0 0 1 6.5 2.75a5.5 5.5 0 1 0 6.75 6.75Z" />,
  screen: <path d="M2 3h12v8H2zM6 13.5h4M8 11v2.5" />,
  warning: <path d="M8 2 1.5 13.5h13zM8 6.5v3.25M8 11.5v.25" />,
  terminal: <path d="M2 3h12v10H2zM4.5 6l2 2-2 2M8 10.5h3.5" />,
  help: (
    <path d="M6 6a2 2 0 1 1 2.75 1.85C8.25 8.1 8 8.4 8 9v.5M8 11.75V12M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Z" />
  ),
  out: <path d="M6 2.5H2.5v11H6M10 5l3 3-3 3M13 8H6" />,
} satisfies Readonly<Record<string, ReactNode>>;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      {PATHS[name]}
    </svg>
  );
}
