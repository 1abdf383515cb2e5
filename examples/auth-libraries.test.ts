import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Auth } from '@auth/core';
import type { Adapter } from '@auth/core/adapters';
import { createSessionsClient } from '@pip-sessions/client';
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { startWithService } from '../testing/examples/example.ts';

const SECRET = 'a secret of the test, with 32 characters or more';

test('example: Better Auth proves the user, and the sessions service has the session', async (t) => {
  const { service, urls } = await startWithService(t, 'better-auth');
  const url = urls[0] ?? '';
  const cookies = new Map<string, string>();
  const send = async (method: string, path: string, body?: object) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { cookie, origin: 'http://127.0.0.1:3000', 'content-type': 'application/json' };
    const own = path.startsWith('/api/') ? headers : { ...headers, origin: url };
    const response = await fetch(url + path, { method, headers: own, ...(body && { body: JSON.stringify(body) }) });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  assert.equal((await send('POST', '/sign-in')).status, 401);
  const user = { email: 'ann@example.com', password: 'a long password', name: 'Ann' };
  assert.equal((await send('POST', '/api/auth/sign-up/email', user)).status, 200);
  assert.equal((await send('GET', '/account')).status, 401, 'the session of Better Auth opens nothing');
  assert.deepEqual(await (await send('POST', '/sign-in')).json(), { signed_in: 'Ann' });
  assert.deepEqual([...cookies.keys()], ['session'], 'the proof is used up');
  assert.deepEqual(await (await send('GET', '/account')).json(), { user: 'Ann' });
  const client = createSessionsClient({ url: service.url });
  assert.equal(await client.count({ active: true }), 1);
  assert.equal((await send('POST', '/sign-out')).status, 200);
  assert.equal(await client.count({ active: true }), 0);
  assert.equal((await send('GET', '/account')).status, 401);
});

/** A secondary storage of Better Auth. `beforeSet` runs before a value is stored. */
function storageOf(beforeSet: (key: string) => Promise<void>) {
  const values = new Map<string, string>();
  return {
    values,
    get: (key: string) => values.get(key) ?? null,
    set: async (key: string, value: string) => {
      await beforeSet(key);
      values.set(key, value);
    },
    delete: (key: string) => void values.delete(key),
    getAndDelete: (key: string) => {
      const value = values.get(key) ?? null;
      values.delete(key);
      return value;
    },
    increment: (key: string) => {
      const next = Number(values.get(key) ?? 0) + 1;
      values.set(key, String(next));
      return next;
    },
  };
}

test('Better Auth: a refresh beside a sign-out stores the ended session again', async () => {
  let beforeSet: (key: string) => Promise<void> = async () => {};
  const storage = storageOf((key) => beforeSet(key));
  const auth = betterAuth({
    baseURL: 'http://127.0.0.1',
    secret: SECRET,
    database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
    secondaryStorage: storage,
    emailAndPassword: { enabled: true },
    session: { updateAge: 0 },
    telemetry: { enabled: false },
  });
  const body = { email: 'ann@example.com', password: 'a long password', name: 'Ann' };
  const { headers: set } = await auth.api.signUpEmail({ body, returnHeaders: true });
  const headers = new Headers({ cookie: (set.getSetCookie()[0] ?? '').split(';')[0] ?? '' });
  const refreshing = Promise.withResolvers<void>();
  const signedOut = Promise.withResolvers<void>();
  const [token = ''] = [...storage.values.keys()].filter((key) => !key.includes('-sessions-'));
  beforeSet = async (key) => {
    if (key !== token) return;
    refreshing.resolve();
    await signedOut.promise;
  };
  const refreshed = auth.api.getSession({ headers });
  await refreshing.promise;
  beforeSet = async () => {};
  assert.equal((await auth.api.signOut({ headers })).success, true);
  assert.equal(storage.values.has(token), false);
  signedOut.resolve();
  await refreshed;
  assert.equal((await auth.api.getSession({ headers }))?.user.name, 'Ann', 'signed in again, after the sign-out');
});

test('Auth.js: a sign-out that the adapter cannot store is reported as done', async () => {
  const user = { id: '1', email: 'ann@example.com', emailVerified: null };
  const rows = new Map([['t', { sessionToken: 't', userId: '1', expires: new Date(Date.now() + 86_400_000) }]]);
  let isAway = false;
  const unused = () => Promise.reject(new Error('not needed here'));
  const names = ['createUser', 'getUser', 'getUserByEmail', 'getUserByAccount', 'updateUser', 'linkAccount'];
  const adapter: Adapter = {
    ...Object.fromEntries([...names, 'createSession'].map((name) => [name, unused])),
    getSessionAndUser: async (token) => {
      if (isAway) throw new Error('the store is away');
      const session = rows.get(token);
      return session ? { session, user } : null;
    },
    deleteSession: async (token) => {
      if (isAway) throw new Error('the store is away');
      rows.delete(token);
    },
    updateSession: async () => null,
  };
  const logger = { error: () => {}, warn: () => {}, debug: () => {} };
  const config = { adapter, providers: [], secret: SECRET, trustHost: true, basePath: '/auth', logger };
  const session = { strategy: 'database' as const };
  const send = (path: string, cookie: string, init: RequestInit = {}) =>
    Auth(new Request(`http://localhost/auth/${path}`, { ...init, headers: { cookie, ...init.headers } }), {
      ...config,
      session,
    });
  const cookie = 'authjs.session-token=t';
  const shown = async () => (await send('session', cookie)).json();
  assert.equal((await shown()).user.email, 'ann@example.com');
  const csrf = await send('csrf', '');
  const { csrfToken } = await csrf.json();
  isAway = true;
  assert.equal(await shown(), null, 'a fault looks like a signed-out user');
  const signedOut = await send('signout', `${cookie}; ${(csrf.headers.getSetCookie()[0] ?? '').split(';')[0]}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ csrfToken }).toString(),
  });
  assert.equal(signedOut.status, 302);
  assert.match(signedOut.headers.getSetCookie().join('\n'), /authjs\.session-token=;.*Max-Age=0/);
  isAway = false;
  assert.equal((await shown()).user.email, 'ann@example.com', 'whoever has the token is still signed in');
});
