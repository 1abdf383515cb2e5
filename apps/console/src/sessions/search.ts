import { SESSION_ID } from '@pip-sessions/contract/session-id';
import type { FilterName } from './filter.ts';

/** A meaning of a text in the search box. */
export type SearchTarget =
  | { readonly kind: 'session'; readonly id: string; readonly fromToken: boolean }
  | { readonly kind: 'filter'; readonly name: FilterName; readonly value: string };

const TOKEN = /^ps_([0-9a-f]{36})_[\w-]{43}$/;
const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/;
const IPV6 = /^(?=[^:]*:[^:]*:)[0-9a-f:.]{2,45}(?:\/(\d{1,3}))?$/i;
const NAMED = /^(user|name|address|client|by|actor|session):\s*(.+)$/is;
const NAMES: Readonly<Record<string, FilterName>> = {
  user: 'user_id',
  name: 'user_name',
  address: 'address',
  client: 'client',
  by: 'closed_by',
  actor: 'actor_id',
};

/** Returns the meanings of a text, the most likely one first. An empty text means nothing. */
export function searchTargets(input: string): readonly SearchTarget[] {
  const text = input.trim();
  if (text === '') return [];
  const [, token_id] = TOKEN.exec(text) ?? [];
  if (token_id !== undefined) return [{ kind: 'session', id: token_id, fromToken: true }];
  // A token that is not complete is a secret too: it must not get into an address or a log.
  if (text.startsWith('ps_')) return [];
  if (SESSION_ID.test(text)) return [session(text), filter('user_id', text)];
  if (isAddress(text)) return [filter('address', text), filter('user_id', text)];
  const [, prefix, value] = NAMED.exec(text) ?? [];
  if (prefix !== undefined && value !== undefined) {
    const name = NAMES[prefix.toLowerCase()];
    return [name === undefined ? session(value) : filter(name, value), filter('user_id', text)];
  }
  const client = filter('client', text);
  const user_id = filter('user_id', text);
  const user_name = filter('user_name', text);
  if (/\/\d/.test(text) && /\s/.test(text)) return [client, user_name, user_id];
  if (/\s/.test(text)) return [user_name, user_id, client];
  return [user_id, user_name, client, session(text)];
}

/** Whether the text is an IP address or a CIDR block. */
export function isAddress(text: string): boolean {
  const v4 = IPV4.exec(text);
  if (v4) {
    const [, ...parts] = v4;
    return parts.slice(0, 4).every((part) => Number(part) <= 255) && Number(parts[4] ?? 0) <= 32;
  }
  const v6 = IPV6.exec(text);
  return v6 !== null && Number(v6[1] ?? 0) <= 128 && text.split('::').length <= 2;
}

function session(id: string): SearchTarget {
  return { kind: 'session', id, fromToken: false };
}

function filter(name: FilterName, value: string): SearchTarget {
  return { kind: 'filter', name, value };
}
