import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createSessionsClient } from '@pip-sessions/client';
import { startWithService } from '../testing/examples/example.ts';
import { Jar } from '../testing/examples/jar.ts';

const TICKET = { user: 'carol', reason: 'ticket 12' };

async function startSupport(t: TestContext) {
  const { service, urls } = await startWithService(t, 'impersonation');
  const signedIn = async (user: string) => {
    const browser = new Jar(urls[0] ?? '');
    await browser.post('/login', { user });
    return browser;
  };
  return { client: createSessionsClient({ url: service.url }), signedIn };
}

test("a session in a customer's name says who acts and why, and ends within an hour", async (t) => {
  const { signedIn } = await startSupport(t);
  const sam = await signedIn('sam');
  const begin = Date.now();
  const { body } = await sam.post('/impersonate', TICKET);
  const actor = { type: 'user', id: 'sam', reason: 'ticket 12' };
  assert.deepEqual([body.user, body.actor], ['carol', actor]);
  const lifetime_ms = Date.parse(body.expire_time) - begin;
  assert.ok(lifetime_ms > 3_500_000 && lifetime_ms < 3_700_000, `${lifetime_ms}`);
  assert.deepEqual((await sam.get('/account')).body, { user: 'carol', actor });
});

test('only support staff with a reason can act for a user, and for no administrator', async (t) => {
  const { signedIn } = await startSupport(t);
  assert.equal((await (await signedIn('carol')).post('/impersonate', { user: 'sam', reason: 'none' })).status, 403);
  const sam = await signedIn('sam');
  assert.equal((await sam.post('/impersonate', { user: 'carol' })).status, 400);
  assert.equal((await sam.post('/impersonate', { user: 'alice', reason: 'ticket 14' })).status, 403);
});

test('an actor opens no other session, and does not what the user alone may do', async (t) => {
  const { signedIn } = await startSupport(t);
  const sam = await signedIn('sam');
  await sam.post('/impersonate', { user: 'tess', reason: 'ticket 13' });
  const again = await sam.post('/impersonate', TICKET);
  assert.deepEqual([again.status, again.body.code], [403, 'ACTOR_SESSION']);
  assert.equal((await sam.post('/login', { user: 'carol' })).status, 403);
  assert.equal((await sam.post('/password')).status, 403);
  assert.equal((await (await signedIn('tess')).post('/password')).status, 200);
});

test('a sign-out of an actor ends the session in the name of the actor', async (t) => {
  const { client, signedIn } = await startSupport(t);
  const sam = await signedIn('sam');
  await sam.post('/impersonate', TICKET);
  await sam.post('/logout');
  assert.equal((await client.list({ user_id: 'carol' })).items[0]?.closed_by, 'actor:sam');
});

test('without the rights, an actor loses all sessions in the names of customers', async (t) => {
  const { client, signedIn } = await startSupport(t);
  const browsers = await Promise.all(['sam', 'sam', 'tess', 'carol', 'alice'].map(signedIn));
  const [sam, also, tess, carol, alice] = browsers as [Jar, Jar, Jar, Jar, Jar];
  for (const staff of [sam, also, tess]) await staff.post('/impersonate', TICKET);
  assert.equal((await carol.send('DELETE', '/support/sam')).status, 403);
  assert.deepEqual((await alice.send('DELETE', '/support/sam')).body, { ended: 2 });
  assert.deepEqual(
    await Promise.all([sam, also, tess, carol].map(async (each) => (await each.get('/account')).status)),
    [401, 401, 200, 200],
  );
  const { items } = await client.list({ closed_by: 'alice' });
  assert.deepEqual(new Set(items.map(({ actor }) => actor?.id)), new Set(['sam']));
  const back = await signedIn('sam');
  assert.equal((await back.post('/impersonate', TICKET)).status, 403);
});
