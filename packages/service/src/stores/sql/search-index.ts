import type { SessionFilter } from '../../domain/lists/filter.ts';

/** A property of a filter that an index for searches serves, and the column of that index. */
export interface SearchIndex {
  readonly name: 'user_name' | 'address' | 'client';
  readonly column: 'user_name_key' | 'address_key' | 'client_key';
  readonly index: string;
}

/** In the order in which they are chosen: the first is usually the most selective. */
export const SEARCH_INDEXES: readonly SearchIndex[] = [
  { name: 'address', column: 'address_key', index: 'sessions_of_address' },
  { name: 'user_name', column: 'user_name_key', index: 'sessions_of_name' },
  { name: 'client', column: 'client_key', index: 'sessions_of_client' },
];

/** Whether an index in the order of lists finds the sessions of a filter. */
export function hasOwnIndex({ id, user_id, actor_id }: SessionFilter): boolean {
  return id !== undefined || user_id !== undefined || actor_id !== undefined;
}

/** The indexes that serve a filter, in that order; none if another index finds fewer sessions. */
export function searchIndexesOf(filter: SessionFilter): readonly SearchIndex[] {
  if (hasOwnIndex(filter)) return [];
  return SEARCH_INDEXES.filter(({ name }) => filter[name] !== undefined);
}
