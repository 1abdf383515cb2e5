import { isoTime } from '../../domain/time/iso-time.ts';
import type { KeyUses } from '../key-uses.ts';
import { type Route, route } from './route.ts';

/** The route about API keys. */
export const KEY_ROUTES: readonly Route[] = [
  route('listKeys', {
    summary: 'The API keys of the service, with their last use at this node',
    input: 'Empty',
    run: async ({ keyUses }) => ({ text: keyListText(await keyUses()) }),
  }),
];

function keyListText({ since, keys }: KeyUses): string {
  const items = keys.map(({ name, scope, expires, last_used, uses }) => ({
    name,
    scope,
    expires: expires === null ? null : isoTime(expires),
    last_used: last_used === null ? null : isoTime(last_used),
    uses,
  }));
  return JSON.stringify({ since: isoTime(since), items });
}
