import { SessionsError } from '../../../domain/errors.ts';
import { deadline } from '../../../domain/session.ts';
import type { Aspect, Task } from '../../shared/maintenance/maintenance.ts';
import { Problems } from '../../shared/maintenance/problems.ts';
import { INDEXES, type Shard, USER_INDEXES } from '../data/keys.ts';
import { fromText } from '../data/session-codec.ts';
import { idsIn } from './members.ts';
import type { Opened } from './opened.ts';

/** A service may change a session while it is compared. A difference that is seen so often is none of these. */
const LOOKS = 3;

/** Compares each session with its entries in the indexes. */
export async function checkSessions({ engine, keys }: Opened, { signal, progress }: Task): Promise<Aspect[]> {
  const problems = new Problems();
  const seen = { sessions: 0, entries: 0, without: 0 };
  for (const shard of keys.shards) {
    for await (const ids of idsIn(engine, shard, keys.index(shard, 'opened'))) {
      signal.throwIfAborted();
      const found = await Promise.all(ids.map((id) => lookAt({ engine, keys }, shard, id)));
      for (const [index, state] of found.entries()) {
        if (state === 'missing') seen.without += 1;
        else if (state !== 'sound') problems.add(`session ${ids[index]}: ${state}`);
      }
      seen.entries += ids.length;
      progress(`${seen.entries} index entries read`);
    }
  }
  const sessions = seen.entries - seen.without;
  const without = new Problems();
  return [
    problems.aspect('sessions', `${sessions} read, ${problems.total} wrong`),
    // Sessions that no sweep has deleted expire in the server. Their entries go when they are read next.
    without.aspect(
      'index entries',
      `${seen.without} of ${seen.entries} without a session, which "store compact" removes`,
    ),
  ];
}

/** `sound`, `missing` for an entry without a session, or what is wrong. */
async function lookAt(opened: Opened, shard: Shard, id: string): Promise<string> {
  let state = 'sound';
  for (let look = 0; look < LOOKS; look += 1) {
    state = await stateOf(opened, shard, id);
    if (state === 'sound' || state === 'missing') break;
  }
  return state;
}

async function stateOf({ engine, keys }: Opened, shard: Shard, id: string): Promise<string> {
  const text = await engine.send<string | null>(shard, ['GET', keys.session(id)]);
  if (text === null) return 'missing';
  let session: ReturnType<typeof fromText>['session'];
  try {
    ({ session } = fromText(id, text));
  } catch (error) {
    return error instanceof SessionsError ? 'its value is not a session' : (error as Error).message;
  }
  const { user_id, open_time, request_time, close_time } = session;
  const due = close_time === null ? deadline(session) : null;
  const expected = { opened: 0 - open_time, active: 0 - request_time, due, ended: close_time };
  const names = [
    ...INDEXES.map((index) => [index, keys.index(shard, index), expected[index]] as const),
    ...USER_INDEXES.map(
      (index) => [`${index} of its user`, keys.userIndex(shard, index, user_id), expected[index]] as const,
    ),
  ];
  const scores = await Promise.all(names.map(([, key]) => engine.send<string | null>(shard, ['ZSCORE', key, id])));
  const wrong = names.findIndex(([, , score], index) => {
    const found = scores[index] ?? null;
    return (found === null ? null : Number(found)) !== score;
  });
  return wrong === -1 ? 'sound' : `its entry in the index "${names[wrong]?.[0]}" does not follow from it`;
}
