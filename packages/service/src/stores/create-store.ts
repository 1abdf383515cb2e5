import { existsSync, readdirSync } from 'node:fs';
import { extname } from 'node:path';
import { SessionsError } from '../domain/errors.ts';
import type { SessionStore } from '../domain/store.ts';
import { type StoreOptions, schemeOf } from './shared/store-url.ts';

/** The exports of `create.ts` in the folder of a store. The folder has the name of the URL's scheme. */
interface CreateModule {
  readonly create: (url: string, options: StoreOptions) => SessionStore;
}

/** Schemes whose store has another name. */
export const ALIASES: Readonly<Record<string, string>> = { postgresql: 'postgres', rediss: 'redis' };

/**
 * Creates the store that a URL names. Rejects with `INVALID_CONFIG`; the message contains no password of the URL.
 *
 * The scheme of the URL is the name of a folder beside this file. So a new store is a new folder, and each store loads its
 * client library only when it is used.
 *
 * ```ts
 * const store = await createStore('sqlite:data/sessions.db');
 * await store.open();
 * ```
 */
export async function createStore(url: string, options: StoreOptions = { retention_ms: null }): Promise<SessionStore> {
  const scheme = schemeOf(url);
  const file = storeFile(scheme, 'create');
  if (scheme === '' || !existsSync(file)) throw unknownScheme(scheme);
  const { create } = (await import(file.href)) as CreateModule;
  return create(url, options);
}

/** Returns the address of a file of the store of a scheme. `path` has no extension. A store may lack the file. */
export function storeFile(scheme: string, path: string): URL {
  return new URL(`${ALIASES[scheme] ?? scheme}/${path}${extname(import.meta.url)}`, import.meta.url);
}

function unknownScheme(scheme: string): SessionsError {
  const folders = readdirSync(new URL('.', import.meta.url)).filter((name) => existsSync(storeFile(name, 'create')));
  const known = [...folders, ...Object.keys(ALIASES)].map((name) => `"${name}:"`);
  // The URL is not quoted: an unknown URL may have its password anywhere.
  return new SessionsError('INVALID_CONFIG', `The store URL starts with "${scheme}:"; allowed: ${known.join(', ')}.`);
}
