import { useSyncExternalStore } from 'react';

/** The part of the address that the console reads. */
export interface Location {
  /** The path below `/console`: `/sessions`. */
  readonly path: string;
  readonly query: URLSearchParams;
}

const BASE = '/console';

const listeners = new Set<() => void>();
let current: Location = read();

function read(): Location {
  const { pathname, search } = globalThis.location ?? { pathname: BASE, search: '' };
  const path = pathname.startsWith(BASE) ? pathname.slice(BASE.length) : pathname;
  return { path: path === '' ? '/' : path, query: new URLSearchParams(search) };
}

function publish(): void {
  current = read();
  for (const listener of listeners) listener();
}

globalThis.addEventListener?.('popstate', publish);

/** The address of the page. The object is the same until the address changes. */
export function useLocation(): Location {
  return useSyncExternalStore(subscribe, () => current);
}

/** The path of the address now. */
export function currentPath(): string {
  return current.path;
}

/** The query of the address now. */
export function currentQuery(): URLSearchParams {
  return current.query;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The text of an address: what a link has as `href`. */
export function href(path: string, query?: URLSearchParams): string {
  const search = query && query.size > 0 ? `?${query}` : '';
  return `${BASE}${path}${search}`;
}

/** Goes to an address of the console. `replace` leaves no entry in the history. */
export function navigate(path: string, query?: URLSearchParams, options: { readonly replace?: boolean } = {}): void {
  const next = href(path, query);
  if (next === href(current.path, current.query)) return;
  if (options.replace) history.replaceState(null, '', next);
  else history.pushState(null, '', next);
  publish();
}

/** Changes parameters of the address; null removes one. */
export function setQuery(
  changes: Readonly<Record<string, string | null>>,
  options: { readonly replace?: boolean } = {},
): void {
  const query = new URLSearchParams(current.query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  navigate(current.path, query, options);
}
