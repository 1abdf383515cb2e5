/** Type checks of an application's own types: the tests pass if this file compiles, and run no other check. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type userSessionOf, userSessions as userSessionsOfExpress } from '../adapters/express.ts';
import { userSessions } from '../adapters/fetch.ts';
import type { UserSessionEnv } from '../adapters/hono.ts';
import { answer, clientOf, ID, SESSION, TOKEN } from '../fixtures/scripted-fetch.ts';
import { createCachedSessionsClient, createSessionsClient, type Session, type SessionsClient } from '../index.ts';

interface User {
  readonly role: 'editor' | 'reader';
}
interface Cart {
  readonly cart: readonly string[];
  readonly note?: string;
}

/** Whether two types are the same, including `any` and `unknown`. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>) => assert.ok(true);

const opened = answer(201, { session: SESSION, token: TOKEN, evicted: [] });

test('a client with types of the application accepts and returns them', async () => {
  const sessions: SessionsClient<User, Cart> = clientOf([opened]).client as SessionsClient<User, Cart>;
  const { session } = await sessions.open({ user_id: '1', user: { role: 'editor' }, data: { cart: [] } });
  same<typeof session.user, User>(true);
  same<typeof session.data, Cart>(true);
  same<Awaited<ReturnType<typeof sessions.read>>, Session<User, Cart> | null>(true);
  // An ended session has neither.
  same<Awaited<ReturnType<typeof sessions.get>>, Session<User | null, Cart | null> | null>(true);
  same<Awaited<ReturnType<typeof sessions.close>>['data'], Cart | null>(true);
  same<Parameters<typeof sessions.replaceData>[1], Cart>(true);
  const wrong = [
    // @ts-expect-error: no role of a user
    () => sessions.open({ user_id: '1', user: { role: 'owner' } }),
    // @ts-expect-error: a cart is an array
    () => sessions.replaceData(ID, { cart: 'apple' }),
    // @ts-expect-error: data has no such property
    () => sessions.patchData(ID, { basket: [] }),
  ];
  const right = [() => sessions.patchData(ID, { note: null }), () => sessions.patchData(ID, { cart: ['apple'] })];
  assert.equal(wrong.length + right.length, 5);
});

test('without types, values are unknown and any value is accepted', () => {
  const create = () => createSessionsClient({ url: 'http://service' });
  same<ReturnType<typeof create>, SessionsClient>(true);
  same<Session['user'], unknown>(true);
  same<Parameters<SessionsClient['replaceData']>[1], unknown>(true);
  same<Parameters<SessionsClient['patchData']>[1], unknown>(true);
  same<Awaited<ReturnType<SessionsClient['get']>>, Session | null>(true);
});

test('a typed client can be used in place of an untyped one', async () => {
  const make = () => createCachedSessionsClient<User, Cart>({ url: 'http://service' });
  const client = clientOf([opened]).client as ReturnType<typeof make>;
  const untyped: SessionsClient = client;
  assert.ok(userSessionsOfExpress({ client: untyped, reader: client }));
  const { userSession } = await userSessions<User, Cart>({ client })(new Request('http://service/'));
  const login = () => userSession?.login({ user_id: '1', data: { cart: [] } });
  same<
    Awaited<ReturnType<typeof login>> extends infer R ? NonNullable<R>['session' & keyof NonNullable<R>] : never,
    Session<User, Cart>
  >(true);
  same<UserSessionEnv<User, Cart>['Variables']['userSession']['required']['data'], Cart>(true);
  same<ReturnType<typeof userSessionOf<User, Cart>>['required']['user'], User>(true);
  // @ts-expect-error: no role of a user
  assert.ok(() => userSession?.login({ user_id: '1', user: { role: 'owner' } }));
});
