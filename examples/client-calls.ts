/** Calls of the client of API v2: typed values, lists, conditional writes, idempotency keys, timeouts and errors. */
import { randomUUID } from 'node:crypto';
import {
  createSessionsClient,
  InvalidDataError,
  NotFoundError,
  RevisionConflictError,
  SessionClosedError,
  SessionsCallError,
  SessionsProblemError,
} from '@pip-sessions/client';

const url = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';

// #region create
interface User {
  readonly role: string;
}
interface Data {
  readonly cart: readonly string[];
}

const sessions = createSessionsClient<User, Data>({ url, key: process.env.SESSIONS_KEY, timeout_ms: 2_000 });
// #endregion

// #region open
const { session, token, evicted } = await sessions.open({
  user_id: 'ann',
  user_name: 'Ann',
  address: '10.0.0.1',
  client: 'Firefox',
  auth_methods: ['pwd'],
  auth_level: 1,
  user: { role: 'buyer' },
  data: { cart: [] },
});
console.log('evicted sessions:', evicted.length);
// #endregion

// #region validate
const validation = await sessions.validate(token);
if (validation.active) console.log('role:', validation.session.user.role);
else console.log('not valid:', validation.reason);

const same = await sessions.read(token); // the session; null if the token is not valid
console.log('read:', same?.user_id);
// #endregion

// #region validate-many
const { results } = await sessions.validateMany([token, 'not a token']);
for (const result of results) console.log('one of many:', result.active ? result.session.user_id : result.reason);
// #endregion

// #region check
const checked = await sessions.check([session.id, 'no id']);
for (const state of checked.results) console.log('checked:', state.active ? state.expires_in : state.reason);
// #endregion

// #region if-match
async function addToCart(id: string, item: string): Promise<void> {
  for (;;) {
    const { revision, data } = (await sessions.get(id)) ?? {};
    try {
      await sessions.replaceData(id, { cart: [...(data?.cart ?? []), item] }, { if_match: revision });
      return;
    } catch (error) {
      if (!(error instanceof RevisionConflictError)) throw error; // another request was faster: read again
    }
  }
}

await Promise.all([addToCart(session.id, 'apple'), addToCart(session.id, 'pear')]);
console.log('cart:', (await sessions.get(session.id))?.data?.cart.toSorted());
// #endregion

// #region rotate
const rotated = await sessions.rotate({ token, auth_methods: ['pwd', 'otp'], auth_level: 2 });
console.log('level:', rotated.session.auth_level, 'same id:', rotated.session.id === session.id);
// #endregion

// #region update
const remembered = await sessions.update(session.id, { idle_timeout: 30 * 86_400 });
console.log('idle timeout:', remembered.idle_timeout);
// #endregion

// #region idempotency
const idempotency_key = randomUUID();
const first = await sessions.open({ user_id: 'ann', client: 'Phone' }, { idempotency_key });
const again = await sessions.open({ user_id: 'ann', client: 'Phone' }, { idempotency_key });
console.log('one session:', first.token === again.token);
// #endregion

// #region list
const page = await sessions.list({ user_id: 'ann', active: true, limit: 1 });
console.log('more pages:', page.next_cursor !== null);

const devices: (string | null)[] = [];
for await (const { client } of sessions.all({ user_id: 'ann', active: true })) devices.push(client);
console.log('devices:', devices, 'count:', await sessions.count({ user_id: 'ann', active: true }));
// #endregion

// #region search
const found = await sessions.list({ user_name: 'an', address: '10.0.0.0/8', active: true });
const in5Minutes = new Date(Date.now() + 300_000).toISOString();
const ending = await sessions.count({ expires_before: in5Minutes });
console.log('found:', found.items.length, 'ending in 5 minutes:', ending);
// #endregion

// #region own
const { items, current } = await sessions.own({ token: rotated.token, active: true });
console.log(
  'own devices:',
  items.map(({ id, client }) => (id === current ? `${client}, here` : client)),
);
const elsewhere = await sessions.closeOwn({ token: rotated.token, others: true }); // or ids: [items[0].id]
console.log('ended elsewhere:', elsewhere.ids.length);
// #endregion

await sessions.open({ user_id: 'ann', client: 'Tablet' });

// #region close
await sessions.close(session.id);
const { ids, more } = await sessions.closeMany({ filter: { user_id: 'ann' } });
console.log('closed:', ids.length, 'more:', more);
// #endregion

// #region actor
const actor = { type: 'agent', id: 'assistant-3', reason: 'books a trip' } as const;
const delegated = await sessions.open({ user_id: 'carol', actor });
console.log('actor:', (await sessions.read(delegated.token))?.actor?.id);
await sessions.closeMany({ filter: { actor_type: 'agent', actor_id: 'assistant-3' }, by: 'dave' });
console.log('ended by:', (await sessions.get(delegated.session.id))?.closed_by);
// #endregion

await sessions.open({ user_id: 'bob' });
// #region user
const exported: string[] = [];
for await (const one of sessions.exportUser('bob')) exported.push(JSON.stringify(one));
const { erased, more: isLeft } = await sessions.eraseUser('bob');
console.log('exported:', exported.length, 'erased:', erased, 'more:', isLeft);
// #endregion

// #region errors
async function outcomeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'done';
  } catch (error) {
    if (error instanceof SessionClosedError) return `the session has ended: ${error.reason}`;
    if (error instanceof NotFoundError) return `not found: ${error.code}`;
    if (error instanceof InvalidDataError) return `wrong properties: ${error.members}`;
    if (error instanceof SessionsProblemError) return `the service responded with ${error.code}`;
    if (error instanceof SessionsCallError) return `no response: ${error.code}`;
    throw error; // a TypeError: the call itself is wrong
  }
}

console.log(await outcomeOf(sessions.touch(session.id)));
console.log(await outcomeOf(sessions.touch('0'.repeat(36))));
console.log(await outcomeOf(sessions.open({ user_id: '' })));
// #endregion

// #region timeout
const stop = new AbortController();
const call = sessions.validate(token, {
  timeout_ms: 500,
  signal: stop.signal,
  correlation_id: 'request-1',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
});
stop.abort(new Error('the user left'));
console.log(await outcomeOf(call));
// #endregion
