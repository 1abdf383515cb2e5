import { readFileSync } from 'node:fs';
import { newSessionId } from '../../packages/service/src/domain/ids.ts';
import { asJsonText } from '../../packages/service/src/domain/json.ts';
import type { SessionStore } from '../../packages/service/src/domain/store.ts';
import { elapsedTime } from '../../packages/service/src/domain/time/elapsed-time.ts';
import { ALL, HOUR_MS, NOW, session } from '../../packages/service/src/stores/conformance/fixtures.ts';
import { PublishedChanges, watermarkReached } from '../../packages/service/src/stores/conformance/told.ts';

const PAGE = readFileSync(new URL('../../docs/least-rights.md', import.meta.url), 'utf8');

/** The code blocks of docs/least-rights.md in one language, as an administrator would copy them. */
export function copied(language: 'sql' | ''): readonly string[] {
  return [...PAGE.matchAll(/^```(.*)\n([^`]*)^```/gm)].flatMap(([, of, text = '']) => (of === language ? [text] : []));
}

/** The additional commands in one list item of docs/least-rights.md. */
export function addedFor(what: string): readonly string[] {
  const line = PAGE.split(/\n(?=- )/).find((one) => one.startsWith('- ') && one.includes(what)) ?? '';
  return [...line.matchAll(/\+[a-z|-]+/g)].map(([command]) => command);
}

const LIMIT = { max: 2, policy: 'evict_oldest' } as const;
const RETENTION_MS = 1_000_000_000;

/** Uses every operation of a store through two nodes. Rejects if one fails. */
export async function useAll(open: (retention_ms: number | null) => Promise<SessionStore>): Promise<void> {
  const stores: SessionStore[] = [];
  const opened = async (retention_ms: number | null) => {
    const store = await open(retention_ms);
    stores.push(store);
    return store;
  };
  try {
    await use(await opened(null), await opened(RETENTION_MS));
  } finally {
    await Promise.all(stores.map((store) => store.close()));
  }
}

async function use(here: SessionStore, there: SessionStore): Promise<void> {
  const published = new PublishedChanges(there);
  const later = NOW + 60 * HOUR_MS;
  const make = (time: number) => session(newSessionId('u'), { user_id: 'u', open_time: time, request_time: time });
  const sessions = [make(NOW), make(NOW), make(NOW), make(later)];
  for (const [n, one] of sessions.entries()) await (n % 2 ? there : here).insert(one, LIMIT, one.open_time);
  const id = sessions[3]?.id ?? '';
  await Promise.all([here.ping(), here.find(id), here.hours(0), here.clockDifference({ now: () => NOW })]);
  await here.update(id, { type: 'touch', touch_window_ms: 5 }, later + 1);
  await there.update(id, { type: 'replace', member: 'data', value: asJsonText('1') }, later + 2);
  await Promise.all([here.list({}, ALL, later), here.scan({ user_id: 'u' }, null, 9, later), here.count({}, later)]);
  const closing = { filter: { id }, except: [], reason: 'revoked', limit: 9, dry_run: false } as const;
  await here.closeMatching(closing, later + 3);
  await here.insert(make(later), null, later);
  await there.expire(later + 2 * HOUR_MS, 10);
  await here.lease('here', 1_000, NOW);
  await here.lease('here', 0, NOW);
  await here.purge(later, 10);
  await here.remove(id);
  await there.removeOfUser('u', 10, later);
  await watermarkReached(there, elapsedTime());
  published.stop();
  if (!published.has(id)) throw new Error('The other node did not publish the change.');
}
